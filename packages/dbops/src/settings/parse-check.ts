import { execFile } from 'node:child_process'
import { statSync } from 'node:fs'
import { promisify } from 'node:util'
import { findLocalServer, type LocalServer } from '../connection/local-server.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { DbopsError } from '../errors.ts'
import { plainEnvironment } from '../run.ts'

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
  const place = await findLocalServer(client)
  if (typeof place === 'string') return place
  const words = await refusalOf(place, wanted)
  if (words === null) return null
  if ((await refusalOf(place, [])) !== null) return 'the files of the server do not read even as they are'
  throw new DbopsError('USAGE', `postgres -C does not take it: ${words}`, { hint: 'nothing was changed' })
}

/** What the program says against the values; null when it takes them. */
async function refusalOf(
  { program, dataFolder, configFile }: LocalServer,
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
