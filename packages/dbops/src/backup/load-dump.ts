import { Writable } from 'node:stream'
import type { ConnectionParameters } from '../connection/parameters.ts'
import { DbopsError } from '../errors.ts'
import { runAgainstServer } from '../run.ts'
import { type ReadPayloadOptions, readPayload } from './payload-read.ts'

/** Streams the dump of a proven backup into an empty database in one transaction; a failed statement fails the whole. */
export async function loadDump(
  payload: ReadPayloadOptions,
  database: ConnectionParameters,
  binaries?: string,
): Promise<void> {
  const { program, args } = loaderOf(payload.file.format)
  const { child, ended } = runAgainstServer({
    program,
    args: [...args, ...target(program, database)],
    parameters: database,
    binaries,
    stdio: ['pipe', 'ignore'],
  })
  const { stdin } = child
  if (stdin === null) throw new DbopsError('INTERNAL', `${program} has no input`)
  try {
    await readPayload(payload, lenient(stdin))
    await ended
  } catch (error) {
    child.kill('SIGKILL') // an unproven rest must not be committed
    if (error instanceof DbopsError && error.code === 'INTEGRITY') throw error
    await ended // the program's own words say more than a broken pipe
    throw error
  }
}

function loaderOf(format: string): { program: string; args: string[] } {
  return format === 'plain'
    ? {
        program: 'psql',
        args: ['-X', '-q', '--no-password', '--single-transaction', '-v', 'ON_ERROR_STOP=1', '-f', '-'],
      }
    : { program: 'pg_restore', args: ['--exit-on-error', '--single-transaction', '--no-password'] }
}

function target(program: string, { database }: ConnectionParameters): string[] {
  return program === 'psql' ? [] : ['--dbname', database]
}

/** Decodes an archive without a server, so that damage inside it is seen. @throws {DbopsError} CHILD_FAILED, INTEGRITY */
export async function decodeDump(
  payload: ReadPayloadOptions,
  parameters: ConnectionParameters,
  binaries?: string,
): Promise<void> {
  const { child, ended } = runAgainstServer({
    program: 'pg_restore',
    args: ['--file=/dev/null'],
    parameters,
    binaries,
    stdio: ['pipe', 'ignore'],
  })
  if (child.stdin === null) throw new DbopsError('INTERNAL', 'pg_restore has no input')
  await readPayload(payload, lenient(child.stdin))
  await ended
}

/** A program may end before it has read everything: the rest is still proven here, and its exit code says whether it was content. */
function lenient(stdin: Writable): Writable {
  stdin.on('error', () => {})
  return new Writable({
    write(chunk, _, done) {
      if (stdin.destroyed || stdin.closed) return done()
      stdin.write(chunk, () => done())
    },
    final(done) {
      if (stdin.destroyed || stdin.closed) return done()
      stdin.end(() => done())
    },
  })
}
