import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { DbopsError } from '../errors.ts'
import { connectServer } from './connect.ts'
import { wiresOf } from './open-socket.ts'
import type { ConnectionParameters } from './parameters.ts'
import { type Credential, type Route, ServerClient } from './server-client.ts'
import { serverError, sqlStateOf } from './server-errors.ts'

/** Where a pool gets the login of each new session from. */
export interface CredentialSource {
  /** The newest credential known; may be cached. */
  current(): Promise<Credential>
  /** Asks the source again, past any cache; called after the server refused the login. */
  refresh(): Promise<Credential>
}

export interface PoolOptions {
  readonly parameters: ConnectionParameters
  /** Without it, user and password of the parameters. */
  readonly credentials?: CredentialSource
  /** Most sessions at once; 10. */
  readonly size?: number
  /** Sessions that stay open when idle; 0. */
  readonly minSize?: number
  /** How long {@link DatabasePool.connect} waits for a free session; 30 s. */
  readonly acquireTimeoutMs?: number
  /** The server cancels a statement after this time, and the client stops waiting a little later; 60 s, 0 for never. */
  readonly commandTimeoutMs?: number
  /** A session idle for longer is closed; 30 s. */
  readonly idleTimeoutMs?: number
  /** A session older than this is replaced when it is free; 30 min. */
  readonly maxLifetimeMs?: number
  /** A session that was idle for longer than this is tried before it is handed out; 1 s. */
  readonly checkAfterIdleMs?: number
  /** How long a refused login is tried again with what the source says then: a password that changes in place; 0, only once. */
  readonly loginRetryMs?: number
}

/** A session of the pool; give it back with `release()`, or `release(true)` to have it closed. */
export type PooledClient = pg.PoolClient

/** How full a pool is; `inUse` is what somebody holds now. */
export interface PoolOccupancy {
  readonly size: number
  readonly open: number
  readonly idle: number
  readonly inUse: number
  readonly waiting: number
}

/** Past the server's own limit, so that its cancellation is seen, and a dead server is noticed all the same. */
const CLIENT_GRACE_MS = 5_000

/** Refused logins stand in the server's log, and some servers slow them down. */
const LOGIN_RETRY_PAUSE_MS = 200

/**
 * A pool over one server that reads user *and* password anew for each session, drains and replaces its sessions on demand, and
 * recovers by itself after the server was restarted. It fits where a `pg` Pool is wanted (`connect`, `query`, `end`).
 */
export class DatabasePool {
  readonly #options: Required<Omit<PoolOptions, 'credentials'>>
  readonly #credentials: CredentialSource
  readonly #usedAt = new WeakMap<object, number>()
  #pool: pg.Pool
  #route: Route | null = null
  #ended = false

  constructor(options: PoolOptions) {
    this.#options = {
      size: 10,
      minSize: 0,
      acquireTimeoutMs: 30_000,
      commandTimeoutMs: 60_000,
      idleTimeoutMs: 30_000,
      maxLifetimeMs: 1_800_000,
      checkAfterIdleMs: 1_000,
      loginRetryMs: 0,
      ...options,
    }
    this.#credentials = options.credentials ?? fixedCredential(options.parameters)
    this.#route = onlyRoute(options.parameters)
    this.#pool = this.#newPool()
  }

  get occupancy(): PoolOccupancy {
    const { totalCount, idleCount, waitingCount } = this.#pool
    return {
      size: this.#options.size,
      open: totalCount,
      idle: idleCount,
      inUse: totalCount - idleCount,
      waiting: waitingCount,
    }
  }

  /** A session that answered, or is new. @throws {DbopsError} */
  async connect(): Promise<PooledClient> {
    for (let lost = 0; ; lost++) {
      const client = await this.#acquire()
      if (await this.#answers(client)) {
        this.#watchRelease(client)
        return client
      }
      client.release(true)
      // as many as the pool holds can be stale after a restart of the server
      if (lost > this.#options.size) throw new DbopsError('CONNECTION_LOST', 'every session of the pool was lost')
    }
  }

  /** One statement on any session. @throws {DbopsError} */
  async query<Row extends pg.QueryResultRow = pg.QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<pg.QueryResult<Row>> {
    const client = await this.connect()
    let lost = false
    try {
      return await client.query<Row>(text, [...values])
    } catch (error) {
      const failure = serverError(error)
      lost = failure.code === 'CONNECTION_LOST' || sqlStateOf(failure) === null
      throw failure
    } finally {
      client.release(lost)
    }
  }

  /** Runs `work` in a transaction: committed when it returns, rolled back when it throws. @throws {DbopsError} and what `work` throws */
  async transaction<Result>(work: (client: PooledClient) => Promise<Result>): Promise<Result> {
    const client = await this.connect()
    let broken = true
    try {
      await client.query('begin')
      try {
        const result = await work(client)
        await client.query('commit')
        broken = false
        return result
      } catch (error) {
        await client.query('rollback')
        broken = false
        throw error
      }
    } finally {
      client.release(broken)
    }
  }

  /**
   * From now on every session is new; those in use go on until they are released, then they are closed. Resolves when the last old one
   * is gone, so for a moment there may be twice as many sessions.
   */
  async replaceSessions(): Promise<void> {
    const old = this.#pool
    this.#route = onlyRoute(this.#options.parameters)
    this.#pool = this.#newPool()
    await old.end()
  }

  /** Closes idle sessions, waits for the others to be released. Calling it twice is fine. */
  async end(): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    await this.#pool.end()
  }

  #newPool(): pg.Pool {
    const { parameters, size, minSize, acquireTimeoutMs, commandTimeoutMs, idleTimeoutMs, maxLifetimeMs } =
      this.#options
    const limits =
      commandTimeoutMs === 0
        ? {}
        : { statement_timeout: commandTimeoutMs, query_timeout: commandTimeoutMs + CLIENT_GRACE_MS }
    const journey = async (): Promise<{ route: Route; credential: Credential }> => {
      const credential = await this.#credentials.current()
      this.#route ??= await findRoute(parameters, credential)
      return { route: this.#route, credential }
    }
    class SessionClient extends ServerClient {
      constructor() {
        super(parameters, journey, limits)
      }
    }
    const pool = new pg.Pool({
      Client: SessionClient,
      max: size,
      min: minSize,
      connectionTimeoutMillis: acquireTimeoutMs,
      idleTimeoutMillis: idleTimeoutMs,
      maxLifetimeSeconds: Math.ceil(maxLifetimeMs / 1000),
    })
    pool.on('error', () => {}) // an idle session that is lost leaves the pool by itself
    return pool
  }

  /** A session of the driver's pool; after a refused login again with what the source says then. */
  async #acquire(): Promise<PooledClient> {
    const untilMs = performance.now() + this.#options.loginRetryMs
    for (let tries = 0; ; tries++) {
      try {
        return await this.#pool.connect()
      } catch (error) {
        const failure = serverError(error)
        const isRefused = failure.code === 'AUTHENTICATION_FAILED'
        if (!isRefused) this.#route = onlyRoute(this.#options.parameters)
        if (!isRefused || this.#ended || (tries > 0 && performance.now() >= untilMs)) throw failure
        if (tries > 0) await pause(LOGIN_RETRY_PAUSE_MS)
        await this.#credentials.refresh()
      }
    }
  }

  async #answers(client: PooledClient): Promise<boolean> {
    const usedAt = this.#usedAt.get(client)
    if (usedAt === undefined || performance.now() - usedAt < this.#options.checkAfterIdleMs) return true
    try {
      await client.query('select 1')
      return true
    } catch {
      return false
    }
  }

  #watchRelease(client: PooledClient): void {
    const release = client.release.bind(client)
    client.release = (reason) => {
      this.#usedAt.set(client, performance.now())
      release(reason)
    }
  }
}

function fixedCredential(parameters: ConnectionParameters): CredentialSource {
  return { current: async () => parameters, refresh: async () => parameters }
}

/** The route when there is nothing to choose; null when hosts or wires have to be tried. */
function onlyRoute(parameters: ConnectionParameters): Route | null {
  const [place] = parameters.hosts
  const wires = wiresOf(parameters, place)
  const isOnly = parameters.hosts.length === 1 && wires.length === 1 && parameters.targetSessionAttributes === 'any'
  return isOnly ? { place, wire: wires[0] } : null
}

async function findRoute(parameters: ConnectionParameters, credential: Credential): Promise<Route> {
  const client = await connectServer(parameters, credential)
  const { route } = client
  await client.end()
  if (route === null) throw new DbopsError('INTERNAL', 'a session without a route')
  return route
}
