import { join } from 'node:path'
import { DbopsError } from '../errors.ts'
import { findHome } from '../home-folder.ts'

/** Where journal, locks and the operations log live: the option, DBOPS_STATE_DIR, the XDG folder, or ~/.local/state/dbops. @throws {DbopsError} USAGE without a home */
export function stateFolderOf(option: string | null, variables: Readonly<Record<string, string | undefined>>): string {
  if (option !== null) return option
  if (variables.DBOPS_STATE_DIR) return variables.DBOPS_STATE_DIR
  if (variables.XDG_STATE_HOME) return join(variables.XDG_STATE_HOME, 'dbops')
  const home = findHome(variables.HOME)
  if (home === null)
    throw new DbopsError('USAGE', 'this user has no home folder, and the state of dbops has to lie somewhere', {
      hint: 'give --state-dir, or set DBOPS_STATE_DIR',
    })
  return join(home, '.local/state/dbops')
}

/** Where changes of several steps are written down. */
export function journalFolder({ stateFolder }: { readonly stateFolder: string }): string {
  return join(stateFolder, 'journal')
}
