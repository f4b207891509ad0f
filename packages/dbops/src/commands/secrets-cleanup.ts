import type { CommandDefinition } from '../command/command.ts'
import { numberOption } from '../command/option-reading.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { storeOf, storeOption } from './secrets.ts'

const DAY_MS = 86_400_000

export const secretsCleanup: CommandDefinition = {
  name: 'secrets cleanup',
  summary:
    'Forgets old versions of the store for good, and secrets that were deleted long ago; the newest usable version always stays.',
  options: [
    storeOption,
    { flags: '--keep <count>', description: 'so many of the newest of each secret stay (default: 5)' },
    { flags: '--days <days>', description: 'younger ones stay, too, and what was deleted since (default: 90)' },
  ],
  changes: 'server',
  example: 'dbops secrets cleanup --keep 3 --days 180 --store secrets.store --apply',
  async run(call) {
    const keep = numberOption(call, 'keep', 5, 1)
    const before = new Date(call.now().getTime() - numberOption(call, 'days', 90, 0, 36_500) * DAY_MS)
    const forgotten = await storeOf(call).cleanUp({ keep, before }, call.isApplied)
    return {
      summary: call.isApplied
        ? `${forgotten.length} version(s) are gone`
        : `would forget ${forgotten.length} version(s); --apply does it`,
      exitCode: EXIT_FINE,
      text: forgotten.map(({ name, version }) => `${name}  version ${version}`).join('\n'),
      data: forgotten,
      audit: { forgotten },
    }
  },
}
