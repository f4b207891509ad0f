import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ServerClient } from './server-client.ts'

/** A server whose files are on this machine. */
export interface LocalServer {
  /** Its own `postgres`. */
  readonly program: string
  readonly dataFolder: string
  readonly configFile: string
}

/** The server on this machine, or why it is not to be found here. */
export async function findLocalServer(client: ServerClient): Promise<LocalServer | string> {
  const { rows } = await client.query<{ isSeen: boolean }>(
    `select pg_has_role(current_user, 'pg_read_all_settings', 'usage') and has_function_privilege('pg_config()', 'execute')
      and has_function_privilege('pg_control_system()', 'execute') as "isSeen"`,
  )
  if (!rows[0].isSeen) return 'this role may not see where the files of the server are'
  const { rows: places } = await client.query<Omit<LocalServer, 'program'> & { programs: string; system: string }>(
    `select current_setting('data_directory') as "dataFolder", current_setting('config_file') as "configFile",
      (select setting from pg_config where name = 'BINDIR') as programs, system_identifier::text as system from pg_control_system()`,
  )
  const [{ dataFolder, configFile, programs, system }] = places
  const program = join(programs, 'postgres')
  // another server may have the same paths here
  if (systemOf(dataFolder) !== system) return 'not local: its data folder is not on this machine'
  if (!existsSync(program) || !existsSync(configFile)) return `not local: ${program} or ${configFile} is missing`
  return { program, dataFolder, configFile }
}

/** The number that every cluster gets when it is made; the control file begins with it. Null where it cannot be read. */
function systemOf(dataFolder: string): string | null {
  try {
    return readFileSync(join(dataFolder, 'global/pg_control')).readBigInt64LE(0).toString()
  } catch {
    return null
  }
}
