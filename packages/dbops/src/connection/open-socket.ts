import { once } from 'node:events'
import { connect, isIP, type Socket } from 'node:net'
import { join } from 'node:path'
import { type ConnectionOptions, checkServerIdentity, connect as connectTls, type TLSSocket } from 'node:tls'
import { DbopsError } from '../errors.ts'
import { describePlace, socketError, tlsError } from './network-errors.ts'
import { type ConnectionParameters, type HostAndPort, isSocketDirectory } from './parameters.ts'
import { type TlsSettings, tlsSettings } from './tls-files.ts'

/** Asks for TLS before the first message (PostgreSQL protocol, SSLRequest). */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])

/** Whether the attempt is made in clear or over TLS; `allow` and `prefer` may need both, in their order. */
export type Wire = 'plain' | 'tls'

/** The attempts of a mode, in libpq's order; sockets never carry TLS. */
export function wiresOf(parameters: ConnectionParameters, place: HostAndPort): readonly Wire[] {
  if (isSocketDirectory(place.host)) return ['plain']
  switch (parameters.sslMode) {
    case 'disable':
      return ['plain']
    case 'allow':
      return ['plain', 'tls']
    case 'prefer':
      return ['tls', 'plain']
    default:
      return ['tls']
  }
}

/** A stream to the server on which no PostgreSQL message was sent yet; TLS is settled. */
export interface OpenedSocket {
  readonly socket: Socket | TLSSocket
  readonly wire: Wire
}

/**
 * Opens one stream to one place. Nothing is ever weakened: when TLS is asked for and the server declines, only `prefer` goes on in
 * clear, and says so in `wire`.
 * @throws {DbopsError} with the reason as code
 */
export async function openSocket(
  parameters: ConnectionParameters,
  place: HostAndPort,
  wire: Wire,
): Promise<OpenedSocket> {
  const settings = wire === 'tls' ? tlsSettings(parameters) : null
  const timeoutMs = parameters.connectTimeoutSeconds * 1000
  const signal = timeoutMs === 0 ? undefined : AbortSignal.timeout(timeoutMs)
  const socket = await openTcp(place, signal)
  if (settings === null) return { socket, wire: 'plain' }
  const answer = await askForTls(socket, place, signal)
  if (answer === 'S') return { socket: await handshake(socket, place, settings, signal), wire: 'tls' }
  if (parameters.sslMode === 'prefer') return { socket, wire: 'plain' }
  socket.destroy()
  throw new DbopsError(
    'TLS_NOT_OFFERED',
    `${describePlace(place)} does not offer TLS, and sslmode ${parameters.sslMode} asks for it`,
    {
      hint: 'turn TLS on at the server (dbops tls issue, dbops tls install); do not lower sslmode',
    },
  )
}

async function openTcp(place: HostAndPort, signal: AbortSignal | undefined): Promise<Socket> {
  const socket = isSocketDirectory(place.host)
    ? connect({ path: join(place.host, `.s.PGSQL.${place.port}`) })
    : connect({ host: place.host, port: place.port })
  try {
    await once(socket, 'connect', signal === undefined ? {} : { signal })
  } catch (cause) {
    socket.on('error', () => {}) // a late one, after we gave up
    socket.destroy()
    throw socketError(cause, place)
  }
  return socket
}

/** Reads exactly one byte: what follows it in clear before TLS began would be an injection (CVE-2021-23222). */
async function askForTls(socket: Socket, place: HostAndPort, signal: AbortSignal | undefined): Promise<'S' | 'N'> {
  socket.write(SSL_REQUEST)
  const bytes = await firstBytes(socket, place, signal)
  const answer = String.fromCharCode(bytes[0])
  if (bytes.length === 1 && (answer === 'S' || answer === 'N')) return answer
  socket.destroy()
  if (answer === 'E')
    throw new DbopsError(
      'TLS_HANDSHAKE',
      `${describePlace(place)} answered the request for TLS with an error of its own`,
    )
  throw new DbopsError(
    'TLS_HANDSHAKE',
    `${describePlace(place)} sent ${bytes.length} bytes where one was due: no PostgreSQL server, or somebody between`,
  )
}

async function firstBytes(socket: Socket, place: HostAndPort, signal: AbortSignal | undefined): Promise<Buffer> {
  const ended = new AbortController()
  const onClose = (): void => ended.abort(Object.assign(new Error('closed'), { code: 'ECONNRESET' }))
  socket.once('close', onClose)
  try {
    const signals = signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal])
    const [bytes] = (await once(socket, 'data', { signal: signals })) as [Buffer]
    socket.pause()
    return bytes
  } catch (cause) {
    socket.destroy()
    throw socketError(ended.signal.aborted ? ended.signal.reason : cause, place)
  } finally {
    socket.removeListener('close', onClose)
  }
}

async function handshake(
  socket: Socket,
  place: HostAndPort,
  { options, check }: TlsSettings,
  signal: AbortSignal | undefined,
): Promise<TLSSocket> {
  const secure = startTls({
    ...options,
    socket,
    host: place.host,
    ...(isIP(place.host) === 0 ? { servername: place.host } : {}),
    checkServerIdentity:
      check === 'chain-and-name' ? (_, certificate) => checkServerIdentity(place.host, certificate) : () => undefined,
  })
  try {
    await once(secure, 'secureConnect', signal === undefined ? {} : { signal })
  } catch (cause) {
    secure.on('error', () => {})
    secure.destroy()
    throw tlsError(cause, place)
  }
  return secure
}

/** @throws {DbopsError} TLS_FILE when OpenSSL cannot read a certificate, a key or a list; libpq would pass a bad list over in silence */
function startTls(options: ConnectionOptions): TLSSocket {
  try {
    return connectTls(options)
  } catch (cause) {
    options.socket?.destroy()
    throw new DbopsError(
      'TLS_FILE',
      `a certificate, key or list of revoked certificates is damaged: ${(cause as Error).message}`,
      { cause },
    )
  }
}
