import { execFile } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { ServerClient } from '../connection/server-client.ts'
import { DbopsError } from '../errors.ts'
import { plainEnvironment } from '../run.ts'

/** Where the server finds itself. */
interface ServerPlace {
  readonly program: string
  readonly dataFolder: string
  readonly configFile: string
}

const MOST_CHECK_MS = 120_000

/**
 * Lets the server's own program read its files with the wanted values on top (`postgres -C`), which starts nothing. Returns null when it
 * read them, else why it could not be asked.
 * @throws {DbopsError} USAGE with the words of the program when it does not take a value
 */
export async function checkParsed(
  client: ServerClient,
  wanted: readonly (readonly [name: string, value: string])[],
): Promise<string | null> {
  const place = await localPlace(client)
  if (typeof place === 'string') return place
  const words = await refusalOf(place, wanted)
  if (words === null) return null
  if ((await refusalOf(place, [])) !== null) return 'the files of the server do not read even as they are'
  throw new DbopsError('USAGE', `postgres -C does not take it: ${words}`, { hint: 'nothing was changed' })
}

/** The server on this machine, or why it is not to be found here. */
async function localPlace(client: ServerClient): Promise<ServerPlace | string> {
  const { rows } = await client.query<{ isSeen: boolean }>(
    `select pg_has_role(current_user, 'pg_read_all_settings', 'usage') and has_function_privilege('pg_config()', 'execute')
      and has_function_privilege('pg_control_system()', 'execute') as "isSeen"`,
  )
  if (!rows[0].isSeen) return 'this role may not see where the files of the server are'
  const { rows: places } = await client.query<Omit<ServerPlace, 'program'> & { programs: string; system: string }>(
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

/** What the program says against the values; null when it takes them. */
async function refusalOf(
  { program, dataFolder, configFile }: ServerPlace,
  wanted: readonly (readonly [name: string, value: string])[],
): Promise<string | null> {
  const owner = statSync(dataFolder)
  const args = ['-C', 'config_file', '-D', dataFolder, '-c', `config_file=${configFile}`]
  try {
    await promisify(execFile)(program, [...args, ...wanted.flatMap(([name, value]) => ['-c', `${name}=${value}`])], {
      env: plainEnvironment(),
      cwd: '/',
      timeout: MOST_CHECK_MS,
      ...(process.getuid?.() === 0 ? { uid: owner.uid, gid: owner.gid } : {}),
    })
    return null
  } catch (error) {
    const { stderr } = error as { stderr?: string }
    const said = (stderr ?? '').match(/(?:FATAL|ERROR|LOG|HINT): {2}.*/g)?.map((line) => line.replace(/^\w+: {2}/, ''))
    return said?.join('; ') ?? (stderr?.trim() || (error as Error).message)
  }
}
