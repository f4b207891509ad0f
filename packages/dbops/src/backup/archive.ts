import { Writable } from 'node:stream'
import type { ConnectionParameters } from '../connection/parameters.ts'
import { DbopsError } from '../errors.ts'
import { runAgainstServer } from '../run.ts'
import { type ReadPayloadOptions, readPayload } from './payload-read.ts'

/** A plain dump, in one transaction. */
export async function loadText(
  payload: ReadPayloadOptions,
  parameters: ConnectionParameters,
  binaries?: string,
): Promise<void> {
  const args = ['-X', '-q', '--no-password', '--single-transaction', '-v', 'ON_ERROR_STOP=1', '-f', '-']
  await feed(payload, { program: 'psql', args, parameters, binaries })
}

/** One archive, or what the arguments choose of it. */
export async function loadArchive(
  payload: ReadPayloadOptions,
  parameters: ConnectionParameters,
  more: readonly string[],
  binaries?: string,
): Promise<void> {
  const args = ['--exit-on-error', '--no-password', ...more, '--dbname', parameters.database]
  await feed(payload, { program: 'pg_restore', args, parameters, binaries })
}

/** Decodes an archive without a server, so that damage inside it is seen. @throws {DbopsError} CHILD_FAILED, INTEGRITY */
export async function decodeDump(
  payload: ReadPayloadOptions,
  parameters: ConnectionParameters,
  binaries?: string,
): Promise<void> {
  await feed(payload, { program: 'pg_restore', args: ['--file=/dev/null'], parameters, binaries })
}

/** The table of contents of an archive, one entry a line. */
export async function listArchive(
  payload: ReadPayloadOptions,
  parameters: ConnectionParameters,
  more: readonly string[],
  binaries?: string,
): Promise<string[]> {
  let text = ''
  await feed(payload, { program: 'pg_restore', args: ['--list', ...more], parameters, binaries }, (part) => {
    text += part
  })
  return text.split('\n').filter((line) => /^\d+; /.test(line))
}

interface Loader {
  readonly program: string
  readonly args: readonly string[]
  readonly parameters: ConnectionParameters
  readonly binaries?: string | undefined
}

async function feed(payload: ReadPayloadOptions, loader: Loader, onOutput?: (text: string) => void): Promise<void> {
  const stdio = ['pipe', onOutput === undefined ? 'ignore' : 'pipe'] as const
  const { child, ended } = runAgainstServer({ ...loader, stdio })
  if (onOutput !== undefined) child.stdout?.setEncoding('utf8').on('data', onOutput)
  const { stdin } = child
  if (stdin === null) throw new DbopsError('INTERNAL', `${loader.program} has no input`)
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
