import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { clientError } from './connection/client-errors.ts'
import { libpqEnvironment } from './connection/format-url.ts'
import type { ConnectionParameters } from './connection/parameters.ts'
import { DbopsError } from './errors.ts'
import { redact } from './secret.ts'

/** A child that talks to a server: no secret in its arguments or environment, only the path of a private password file. */
export interface ServerChild {
  readonly child: ChildProcess
  /** Resolves when the child ended well. @throws {DbopsError} what it wrote to stderr, under the class of the refusal or CHILD_FAILED */
  readonly ended: Promise<void>
}

export interface ServerChildOptions {
  readonly program: string
  readonly args: readonly string[]
  readonly parameters: ConnectionParameters
  /** Folder of the program; by default PATH, then the newest of Debian's folders. */
  readonly binaries?: string | undefined
  readonly stdio?: readonly ['ignore' | 'pipe', 'ignore' | 'pipe']
}

const privateFolders = new Set<string>()
process.on('exit', () => {
  for (const folder of privateFolders) rmSync(folder, { recursive: true, force: true })
})

/** What a child needs of our variables, and nothing that may hold a secret; `more` names further ones by their beginning. */
export function plainEnvironment(more?: string): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => more !== undefined && name.startsWith(more))
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '/',
    LC_ALL: 'C.UTF-8',
  }
}

/** Starts a PostgreSQL client program against a server. */
export function runAgainstServer(options: ServerChildOptions): ServerChild {
  const { program, args, parameters, binaries, stdio = ['ignore', 'pipe'] } = options
  const passFile = privatePassFile(parameters)
  // with SQLSTATEs, for the words of the server may be in any language
  const words = program === 'psql' ? ['-v', 'VERBOSITY=verbose', ...args] : args
  const child = spawn(findProgram(program, binaries), words, {
    stdio: [stdio[0], stdio[1], 'pipe'],
    env: {
      ...plainEnvironment(),
      ...libpqEnvironment(parameters),
      PGPASSFILE: passFile.path,
    },
  })
  const ended = endOf(child, program, parameters).finally(passFile.remove)
  ended.catch(() => {}) // whoever awaits it sees it
  return { child, ended }
}

/** A password file in a folder that only we may enter; it goes with `remove`, at the latest with this process. */
export function privatePassFile(parameters: ConnectionParameters): { path: string; remove(): void } {
  removeLeftovers()
  const folder = mkdtempSync(join(tmpdir(), `dbops-pass-${process.pid}-`)) // 0700
  privateFolders.add(folder)
  const path = join(folder, 'pass')
  writeFileSync(path, passFileLine(parameters), { mode: 0o600, flag: 'wx' })
  const remove = (): void => {
    privateFolders.delete(folder)
    rmSync(folder, { recursive: true, force: true })
  }
  return { path, remove }
}

/** Password files of processes that were killed; the number of the process is in the name. */
function removeLeftovers(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(/^dbops-pass-(\d+)-/.exec(name)?.[1])
    if (!Number.isInteger(pid) || pid === process.pid || isAlive(pid)) continue
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true })
    } catch {
      // somebody else's
    }
  }
}

/** Whether a process of this machine goes on. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function endOf(child: ChildProcess, program: string, parameters: ConnectionParameters): Promise<void> {
  let words = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-4000)
  })
  const how = await new Promise<string | null>((resolve, reject) => {
    child.once('error', (cause) => reject(new DbopsError('CHILD_FAILED', `${program} cannot be started`, { cause })))
    child.once('close', (code, signal) =>
      resolve(code === 0 ? null : signal === null ? `with ${code}` : `by ${signal}`),
    )
  })
  if (how !== null) throw await clientError({ program, how, words: redact(words.trim()), parameters })
}

/** One line for every host of the parameters (libpq §34.16). */
function passFileLine({ password }: ConnectionParameters): string {
  return password === null ? '' : `*:*:*:*:${password.reveal().replace(/[\\:]/g, '\\$&')}\n`
}

/** @throws {DbopsError} CHILD_FAILED when the machine does not have it */
export function findProgram(program: string, binaries?: string): string {
  const folders = [
    ...(binaries === undefined ? [] : [binaries]),
    ...(process.env.DBOPS_PG_BIN ? [process.env.DBOPS_PG_BIN] : []),
    ...(process.env.PATH ?? '').split(delimiter),
    ...globSync('/usr/lib/postgresql/*/bin').sort((a, b) => majorOf(b) - majorOf(a)),
  ]
  for (const folder of folders) {
    const path = join(folder, program)
    // Debian's /usr/bin/pg_dump is a wrapper that chooses by its own rules
    if (existsSync(path) && !(folder === '/usr/bin' && isWrapped(program))) return path
  }
  throw new DbopsError('CHILD_FAILED', `${program} is not on this machine`, {
    hint: 'install the PostgreSQL client programs (Debian: postgresql-client), or name their folder in DBOPS_PG_BIN',
  })
}

function isWrapped(program: string): boolean {
  return (
    existsSync('/usr/share/postgresql-common/pg_wrapper') && globSync(`/usr/lib/postgresql/*/bin/${program}`).length > 0
  )
}

function majorOf(path: string): number {
  return Number(/postgresql\/(\d+)\//.exec(`${path}/`)?.[1] ?? 0)
}
