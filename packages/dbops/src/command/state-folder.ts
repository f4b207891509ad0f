import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where journal, locks and the operations log live: the option, DBOPS_STATE_DIR, the XDG folder, or ~/.local/state/dbops. */
export function stateFolderOf(option: string | null, variables: Readonly<Record<string, string | undefined>>): string {
  if (option !== null) return option
  if (variables.DBOPS_STATE_DIR) return variables.DBOPS_STATE_DIR
  return join(variables.XDG_STATE_HOME || join(variables.HOME || homedir(), '.local/state'), 'dbops')
}

/** Where changes of several steps are written down. */
export function journalFolder({ stateFolder }: { readonly stateFolder: string }): string {
  return join(stateFolder, 'journal')
}
