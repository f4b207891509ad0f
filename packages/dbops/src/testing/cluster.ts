import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, chownSync, existsSync, globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** The folder of `initdb`, `postgres` and the client programs; null when the machine has none. `DBOPS_PG_BIN` chooses one. */
export function findServerBinaries(): string | null {
  const chosen = process.env.DBOPS_PG_BIN
  if (chosen !== undefined && chosen !== '') return chosen
  const found = globSync('/usr/lib/postgresql/*/bin/postgres').sort((a, b) => versionOf(a) - versionOf(b))
  if (existsSync('/usr/lib/postgresql/15/bin/postgres')) return '/usr/lib/postgresql/15/bin'
  const newest = found.at(-1)
  return newest === undefined ? null : dirname(newest)
}

function versionOf(path: string): number {
  return Number(/postgresql\/(\d+)\//.exec(path)?.[1] ?? 0)
}

export interface ClusterOptions {
  /** Name of the bootstrap superuser; `postgres`. */
  readonly superuser?: string
  /** Lines of pg_hba.conf instead of `trust` for everybody on this machine. */
  readonly hba?: readonly string[]
  /** Settings of postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>
  /** Keep fsync on, for tests that crash the server. */
  readonly isDurable?: boolean
  /** Further arguments of initdb. */
  readonly initArguments?: readonly string[]
  /** Further variables of the server, such as LOCPATH. */
  readonly variables?: Readonly<Record<string, string>>
}

/** A PostgreSQL server of a test: its own folder, port and unprivileged owner; gone with all its files after {@link stop}. */
export interface TestCluster {
  readonly folder: string
  readonly dataFolder: string
  readonly socketFolder: string
  readonly port: number
  readonly superuser: string
  readonly binaries: string
  /** Who owns the files and runs the server; empty when the test does not run as root. */
  readonly owner: { readonly uid?: number; readonly gid?: number }
  /** `postgresql://superuser@127.0.0.1:port/database` */
  url(database?: string, user?: string): string
  /** Runs a program of the server as its owner and returns what it printed. */
  run(program: string, args: readonly string[], input?: string): string
  /** SQL through psql as superuser; stops at the first error. Returns unaligned rows. */
  sql(text: string, database?: string): string
  reload(): void
  /** `fast` ends sessions, `immediate` is a crash that needs recovery. */
  shutdown(mode?: 'fast' | 'immediate'): Promise<void>
  start(): Promise<void>
  restart(mode?: 'fast' | 'immediate'): Promise<void>
  /** What the server logged so far. */
  log(): string
  stop(): Promise<void>
}

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/**
 * Makes and starts a cluster in a temporary folder, in about two seconds.
 * @throws {Error} when the machine has no PostgreSQL; see {@link findServerBinaries}
 */
export async function startCluster(options: ClusterOptions = {}): Promise<TestCluster> {
  const binaries = findServerBinaries()
  if (binaries === null)
    throw new Error(
      'no PostgreSQL server on this machine: install the Debian package postgresql-15, or set DBOPS_PG_BIN',
    )
  const owner = unprivilegedOwner()
  const folder = mkdtempSync(join(tmpdir(), 'pgt-'))
  const socketFolder = join(folder, 's')
  mkdirSync(socketFolder)
  if (owner.uid !== undefined)
    for (const path of [folder, socketFolder]) chownSync(path, owner.uid, owner.gid ?? owner.uid)
  const cluster = new Cluster(options, { binaries, owner, folder, socketFolder, port: await freePort() })
  try {
    cluster.initialize()
    await cluster.start()
  } catch (error) {
    await cluster.stop()
    throw error
  }
  return cluster
}

interface Place {
  readonly binaries: string
  readonly owner: { readonly uid?: number; readonly gid?: number }
  readonly folder: string
  readonly socketFolder: string
  readonly port: number
}

class Cluster implements TestCluster {
  readonly #options: ClusterOptions
  readonly folder: string
  readonly socketFolder: string
  readonly dataFolder: string
  readonly binaries: string
  readonly owner: { readonly uid?: number; readonly gid?: number }
  readonly port: number
  readonly superuser: string
  #server: ChildProcess | null = null
  #log = ''

  constructor(options: ClusterOptions, place: Place) {
    this.#options = options
    this.folder = place.folder
    this.socketFolder = place.socketFolder
    this.binaries = place.binaries
    this.owner = place.owner
    this.port = place.port
    this.dataFolder = join(place.folder, 'data')
    this.superuser = options.superuser ?? 'postgres'
  }

  initialize(): void {
    const { settings = {}, isDurable = false, hba, initArguments = [] } = this.#options
    const args = ['-D', this.dataFolder, '-U', this.superuser, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']
    this.run('initdb', [...args, ...initArguments])
    const fast = isDurable ? {} : { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }
    const all = {
      listen_addresses: '127.0.0.1,::1',
      unix_socket_directories: this.socketFolder,
      shared_buffers: '32MB',
      max_wal_size: '256MB',
      ...fast,
      ...settings,
    }
    const lines = Object.entries(all).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`)
    appendFileSync(join(this.dataFolder, 'postgresql.conf'), `${lines.join('\n')}\n`)
    if (hba !== undefined) this.run('sh', ['-c', `cat > '${this.dataFolder}/pg_hba.conf'`], `${hba.join('\n')}\n`)
  }

  url(database = 'postgres', user = this.superuser): string {
    return `postgresql://${encodeURIComponent(user)}@127.0.0.1:${this.port}/${encodeURIComponent(database)}`
  }

  run(program: string, args: readonly string[], input = ''): string {
    const path = program === 'sh' ? '/bin/sh' : join(this.binaries, program)
    return execFileSync(path, args, {
      ...this.owner,
      cwd: this.folder,
      input,
      encoding: 'utf8',
      stdio: 'pipe',
      maxBuffer: 1 << 28,
      env: { PATH: process.env.PATH ?? '', HOME: this.folder, LC_ALL: 'C.UTF-8' },
    })
  }

  sql(text: string, database = 'postgres'): string {
    const place = ['-h', this.socketFolder, '-p', String(this.port), '-U', this.superuser, '-d', database]
    return this.run('psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', ...place, '-f', '-'], text).trim()
  }

  reload(): void {
    this.#server?.kill('SIGHUP')
  }

  async start(): Promise<void> {
    const child = spawn(join(this.binaries, 'postgres'), ['-D', this.dataFolder, '-p', String(this.port)], {
      ...this.owner,
      cwd: this.folder,
      env: { PATH: process.env.PATH ?? '', LC_ALL: 'C.UTF-8', ...this.#options.variables },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#server = child
    running.add(child)
    child.once('exit', () => running.delete(child))
    const logStart = this.#log.length
    const outcome = new Promise<'ready' | 'collector' | 'ended'>((resolve) => {
      child.once('exit', () => resolve('ended'))
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        this.#log += text
        const log = this.#log.slice(logStart)
        if (/ready to accept/.test(log)) resolve('ready')
        else if (/redirecting log output/.test(log)) resolve('collector')
      })
    })
    const how = await outcome
    if (how === 'ended') throw new Error(`the server did not start:\n${this.#log.slice(logStart)}`)
    if (how === 'collector') await this.#untilReady()
  }

  async #untilReady(): Promise<void> {
    for (let tries = 0; tries < 1200; tries++) {
      try {
        this.sql('select 1')
        return
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
    throw new Error('the server did not become ready')
  }

  async shutdown(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    const server = this.#server
    this.#server = null
    if (server === null || server.exitCode !== null || server.signalCode !== null) return
    const exit = once(server, 'exit')
    server.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
    await exit
  }

  async restart(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    await this.shutdown(mode)
    await this.start()
  }

  log(): string {
    return this.#log
  }

  async stop(): Promise<void> {
    await this.shutdown('immediate')
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** PostgreSQL refuses to run as root. */
function unprivilegedOwner(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (what: string): number => Number(execFileSync('id', [what, name], { encoding: 'utf8', stdio: 'pipe' }))
      return { uid: id('-u'), gid: id('-g') }
    } catch {
      // the next one
    }
  }
  throw new Error('running as root, and there is neither a user postgres nor nobody to run PostgreSQL')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
