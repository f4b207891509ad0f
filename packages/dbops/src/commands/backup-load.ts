import { loadForeignDump } from '../backup/foreign-dump.ts'
import type { CommandDefinition } from '../command/command.ts'
import { EXIT_FINE } from '../exit-codes.ts'

export const backupLoad: CommandDefinition = {
  name: 'backup load',
  summary: 'Loads a dump that dbops did not make, without letting it run commands here.',
  arguments: [{ name: 'file', description: 'a dump of pg_dump, plain or custom' }],
  options: [{ flags: '--trust', description: 'its SQL may run with the rights of this login' }],
  changes: 'server',
  example: 'dbops backup load old.sql --trust --url postgresql://app_owner@localhost/empty --apply',
  async run(call) {
    const target = call.target()
    const isTrusted = call.options.trust === true
    if (!call.isApplied && isTrusted)
      return {
        summary: `would load ${call.args[0]} into ${target.database}; --apply does it`,
        exitCode: EXIT_FINE,
        text: '',
      }
    call.confirm(target.database, 'loading a foreign dump')
    await loadForeignDump(call.args[0], target, isTrusted)
    return { summary: `loaded into ${target.database}`, exitCode: EXIT_FINE, text: '' }
  },
}
