import { pruneChangeLog } from '../change-log/prune-change-log.ts'
import { type CommandDefinition, textOption } from '../command/command.ts'
import { numberOption } from '../command/option-reading.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { logOf, logOptions } from './changes.ts'

const DAY_MS = 86_400_000

export const changesPrune: CommandDefinition = {
  name: 'changes prune',
  summary:
    'Removes the oldest changes by age and by size, some at a time; an entry in the log and the record of the command say what was removed.',
  options: [
    { flags: '--keep-days <days>', description: 'older changes are removed' },
    { flags: '--keep-mb <mb>', description: 'the oldest are removed while all together are larger' },
    { flags: '--batch <rows>', description: 'how many one transaction removes (default: 10000)' },
    ...logOptions,
  ],
  changes: 'server',
  example: 'dbops changes prune --keep-days 400 --keep-mb 5000 --url postgresql://postgres@localhost/app --apply',
  async run(call) {
    const days = textOption(call, 'keepDays') === null ? null : numberOption(call, 'keepDays', 0, 0, 36_500)
    const mb = textOption(call, 'keepMb') === null ? null : numberOption(call, 'keepMb', 0, 0, 1e9)
    if (days === null && mb === null) throw new DbopsError('USAGE', 'give --keep-days, --keep-mb, or both')
    const admin = call.target()
    if (call.isApplied) call.confirm(admin.database, 'removing logged changes')
    const log = logOf(call)
    const removed = await pruneChangeLog({
      admin,
      log,
      retention: {
        since: days === null ? null : new Date(call.now().getTime() - days * DAY_MS),
        mostBytes: mb === null ? null : mb * (1 << 20),
      },
      batchRows: numberOption(call, 'batch', 10_000, 1, 1e6),
      isApplied: call.isApplied,
      onProgress: (count) => call.progress(`${count} change(s) removed`),
    })
    const span = removed.count === 0 ? '' : `, from ${removed.oldest} to ${removed.newest}`
    return {
      summary:
        removed.count === 0
          ? 'nothing to do'
          : call.isApplied
            ? `${removed.count} change(s) removed${span}`
            : `${removed.count} change(s) would be removed${span}; --apply does it`,
      exitCode: EXIT_FINE,
      text: '',
      data: removed,
      audit: { log: log.schema, isRemoved: call.isApplied && removed.count > 0, ...removed },
    }
  },
}
