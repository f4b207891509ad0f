import type { ClientConfig } from 'pg'
import { DbopsError } from '../errors.ts'
import { wiresOf } from './open-socket.ts'
import type { ConnectionParameters, HostAndPort } from './parameters.ts'
import { type Credential, type Route, ServerClient } from './server-client.ts'
import { serverError, sqlStateOf } from './server-errors.ts'

/**
 * Opens a session: tries every host in order, on each every wire its mode allows, and keeps the first server with the wanted state.
 * @throws {DbopsError} with the class of the failure as code; of several hosts, the last one's.
 */
export async function connectServer(
  parameters: ConnectionParameters,
  credential: Credential = parameters,
  config: ClientConfig = {},
): Promise<ServerClient> {
  let last: unknown = null
  let fallback: ServerClient | null = null
  for (const place of parameters.hosts) {
    try {
      const client = await connectPlace(parameters, place, credential, config)
      const fit = await fitOf(client, parameters)
      if (fit === 'yes') {
        await fallback?.end()
        return client
      }
      if (fit === 'if-nothing-else' && fallback === null) fallback = client
      else await client.end()
      last = new DbopsError('WRONG_SERVER_STATE', `no host is ${parameters.targetSessionAttributes}`)
    } catch (error) {
      last = serverError(error)
    }
  }
  if (fallback !== null) return fallback
  throw last
}

/** Runs `work` on a session of its own that is closed afterwards, whatever happens. */
export async function withServer<Result>(
  parameters: ConnectionParameters,
  work: (client: ServerClient) => Promise<Result>,
  credential: Credential = parameters,
): Promise<Result> {
  const client = await connectServer(parameters, credential)
  try {
    return await work(client)
  } catch (error) {
    throw serverError(error)
  } finally {
    await client.end().catch(() => {}) // it may be lost already
  }
}

async function connectPlace(
  parameters: ConnectionParameters,
  place: HostAndPort,
  credential: Credential,
  config: ClientConfig,
): Promise<ServerClient> {
  const wires = wiresOf(parameters, place)
  let first: unknown = null
  for (const wire of wires) {
    const route: Route = { place, wire }
    try {
      return await new ServerClient(parameters, async () => ({ route, credential }), config).connect()
    } catch (error) {
      const failure = serverError(error)
      if (!mayTryOtherWire(failure)) throw failure
      first ??= failure
    }
  }
  throw first
}

/** libpq takes the other wire when TLS or pg_hba.conf refused this one, not when the network did. */
function mayTryOtherWire(error: DbopsError): boolean {
  return error.code.startsWith('TLS_') || sqlStateOf(error) === '28000'
}

type Fit = 'yes' | 'no' | 'if-nothing-else'

async function fitOf(client: ServerClient, { targetSessionAttributes: wanted }: ConnectionParameters): Promise<Fit> {
  if (wanted === 'any') return 'yes'
  const { rows } = await client.query<{ standby: boolean; read_only: boolean }>(
    "select pg_is_in_recovery() as standby, current_setting('transaction_read_only') = 'on' as read_only",
  )
  const { standby, read_only: isReadOnly } = rows[0]
  if (wanted === 'prefer-standby') return standby ? 'yes' : 'if-nothing-else'
  const fits = { 'read-write': !isReadOnly, 'read-only': isReadOnly, primary: !standby, standby }[wanted]
  return fits ? 'yes' : 'no'
}
