import { type SwapPayload, undoSwap } from '../backup/swap-database.ts'
import type { CommandDefinition } from '../command/command.ts'
import { journalFolder } from '../command/state-folder.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { Journal } from '../state/journal.ts'

export const backupUndo: CommandDefinition = {
  name: 'backup undo',
  summary: 'Takes a swapped restore back: the database that was live before is live again.',
  arguments: [{ name: 'id', description: 'of the restore, as it printed it' }],
  options: [],
  changes: 'server',
  example: 'dbops backup undo restore-1a2b3c4d --url postgresql://postgres@localhost/postgres --apply',
  async run(call) {
    const journal = Journal.open(journalFolder(call), call.args[0], call.now)
    const payload = journal.entry.payload as Partial<SwapPayload>
    if (journal.entry.kind !== 'restore' || payload.live === undefined)
      throw new DbopsError('USAGE', `${call.args[0]} is no restore with a swap`)
    const swap = payload as SwapPayload
    const plan = `rename ${swap.live} to ${swap.restored}, rename ${swap.kept} to ${swap.live}`
    if (!call.isApplied) return { summary: 'plan only; --apply does it', exitCode: EXIT_FINE, text: plan }
    call.confirm(swap.live, 'swapping a live database')
    await undoSwap(call.target(), swap)
    journal.finish('aborted')
    return {
      summary: `${swap.live} is again what it was before the restore; the restored one is ${swap.restored}`,
      exitCode: EXIT_FINE,
      text: '',
    }
  },
}
