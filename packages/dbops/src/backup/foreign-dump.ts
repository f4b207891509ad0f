import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { ConnectionParameters } from '../connection/parameters.ts'
import { DbopsError } from '../errors.ts'
import { runAgainstServer } from '../run.ts'

/**
 * Loads a dump that we did not make. Its SQL runs with all rights of the login, so somebody has to trust it; meta-commands of psql, which
 * could run programs here, are refused by psql's restricted mode under a key that the dump cannot know.
 * @throws {DbopsError} REFUSED without trust, CHILD_FAILED when a statement fails or a meta-command is met
 */
export async function loadForeignDump(path: string, database: ConnectionParameters, isTrusted: boolean): Promise<void> {
  if (!isTrusted)
    throw new DbopsError(
      'REFUSED',
      `${path} was not made by dbops: its SQL would run with the rights of ${database.user}`,
      { hint: 'look into it, load it as a role with few rights, and say --trust' },
    )
  if (await isArchive(path)) {
    const args = ['--exit-on-error', '--single-transaction', '--no-password', '--dbname', database.database, path]
    await runAgainstServer({ program: 'pg_restore', args, parameters: database, stdio: ['ignore', 'ignore'] }).ended
    return
  }
  const { child, ended } = runAgainstServer({
    program: 'psql',
    args: ['-X', '-q', '--no-password', '--single-transaction', '-v', 'ON_ERROR_STOP=1', '-f', '-'],
    parameters: database,
    stdio: ['pipe', 'ignore'],
  })
  const { stdin } = child
  if (stdin === null) throw new DbopsError('INTERNAL', 'psql has no input')
  stdin.on('error', () => {}) // psql says why in its own words
  stdin.write(`\\restrict ${randomBytes(24).toString('hex')}\n`)
  let ownKey: string | null = null
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    // pg_dump fences its own dumps in the same way; one fence is enough
    const fence = /^\\(un)?restrict (\w+)$/.exec(line)
    if (fence !== null && (ownKey === null ? fence[1] === undefined : fence[2] === ownKey)) {
      ownKey = fence[2]
      continue
    }
    if (!stdin.write(`${line}\n`)) await new Promise((resolve) => stdin.once('drain', resolve).once('close', resolve))
    if (stdin.destroyed) break
  }
  stdin.end()
  await ended
}

async function isArchive(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer } = await file.read(Buffer.alloc(5), 0, 5, 0)
    return buffer.toString('latin1') === 'PGDMP'
  } finally {
    await file.close()
  }
}
