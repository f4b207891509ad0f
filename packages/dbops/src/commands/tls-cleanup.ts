import type { CommandDefinition } from '../command/command.ts'
import { numberOption } from '../command/option-reading.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { deletePairs, dispensablePairs, type KeptPair, keptPairs } from '../tls/kept-pairs.ts'

export const tlsCleanup: CommandDefinition = {
  name: 'tls cleanup',
  summary:
    'Deletes replaced certificates and keys that rollback needs no more: expired ones, and those older than the days beyond the newest.',
  options: [
    { flags: '--keep <count>', description: 'so many of the newest that are valid stay (default: 3)' },
    { flags: '--days <days>', description: 'younger ones stay too (default: 90)' },
  ],
  changes: 'server',
  example: 'dbops tls cleanup --keep 1 --days 30 --apply',
  run(call) {
    const all = keptPairs(call.stateFolder)
    const gone = dispensablePairs(all, {
      keep: numberOption(call, 'keep', 3),
      days: numberOption(call, 'days', 90),
      now: call.now(),
    })
    if (call.isApplied) deletePairs(gone)
    const verb = call.isApplied ? 'deleted' : 'would delete'
    return {
      summary: `${verb} ${gone.length} of ${all.length} replaced pair(s)${call.isApplied ? '' : '; --apply does it'}`,
      exitCode: EXIT_FINE,
      text: gone.map(lineOf).join('\n'),
      data: { deleted: gone.map(({ id, serial }) => ({ id, serial })), kept: all.length - gone.length },
      audit: { serials: gone.map(({ serial }) => serial) },
    }
  },
}

function lineOf({ id, serial, keptAt, validTo }: KeptPair): string {
  const until = validTo === null ? 'unreadable' : `valid until ${validTo.toISOString().slice(0, 10)}`
  return `${id ?? 'named by no change'}  serial ${serial ?? 'unknown'}  replaced ${keptAt ?? 'at an unknown time'}  ${until}`
}
