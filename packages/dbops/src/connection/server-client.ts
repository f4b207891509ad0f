import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { Client, type ClientConfig } from 'pg'
import type { Secret } from '../secret.ts'
import { watchChannelBinding } from './channel-binding.ts'
import { openSocket, type Wire } from './open-socket.ts'
import type { ConnectionParameters, HostAndPort } from './parameters.ts'
import { serverError } from './server-errors.ts'

/** Who logs in; both may change between two connections. */
export interface Credential {
  readonly user: string
  readonly password: Secret | null
}

/** One place and one wire that a session may take. */
export interface Route {
  readonly place: HostAndPort
  readonly wire: Wire
}

/** What the driver keeps to itself and we have to set just before it starts. */
interface DriverInside {
  connection: { stream: Socket }
  connectionParameters: { user: string }
  user: string
  password: string
  host: string
  port: number
  enableChannelBinding: boolean
}

/**
 * The driver's client on a stream that we opened, so that TLS means what libpq means by it; route and login are asked for at the
 * moment of connecting, so that each new session of a pool has the newest password and user.
 */
export class ServerClient extends Client {
  readonly #parameters: ConnectionParameters
  readonly #journey: () => Promise<{ route: Route; credential: Credential }>
  /** How the session came about; null before it did. */
  route: Route | null = null

  constructor(
    parameters: ConnectionParameters,
    journey: () => Promise<{ route: Route; credential: Credential }>,
    config: ClientConfig = {},
  ) {
    super({
      ...config,
      host: parameters.hosts[0].host,
      user: parameters.user,
      password: '', // null would make the driver look for a password file by itself
      database: parameters.database,
      application_name: parameters.applicationName,
      ssl: false,
      ...(parameters.options === null ? {} : { options: parameters.options }),
    })
    this.#parameters = parameters
    this.#journey = journey
    this.on('error', () => {}) // the next query tells of a lost session; without a listener it would end the process
  }

  /** The session over TLS; null when it is in clear. */
  get tlsSocket(): TLSSocket | null {
    const { stream } = (this as unknown as DriverInside).connection
    return stream instanceof TLSSocket ? stream : null
  }

  override connect(): Promise<this>
  override connect(callback: (error: Error) => void): void
  override connect(callback?: (error: Error) => void): Promise<this> | undefined {
    const connected = this.#connect()
    if (callback === undefined) return connected
    // the driver's pool wants an error, or nothing
    connected.then(() => (callback as (error?: Error) => void)(), callback)
    return undefined
  }

  async #connect(): Promise<this> {
    const { route, credential } = await this.#journey()
    const { socket } = await openSocket(this.#parameters, route.place, route.wire)
    const inside = this as unknown as DriverInside
    inside.connection.stream.destroy()
    inside.connection.stream = adopted(socket)
    inside.host = route.place.host
    inside.port = route.place.port
    inside.user = credential.user
    inside.connectionParameters.user = credential.user
    inside.password = credential.password?.reveal() ?? ''
    inside.enableChannelBinding = socket instanceof TLSSocket && this.#parameters.channelBinding !== 'disable'
    const binding =
      this.#parameters.channelBinding === 'require' ? watchChannelBinding(inside.connection, socket) : null
    try {
      await this.#handOver()
      binding?.assertBound()
    } catch (error) {
      socket.destroy()
      throw binding?.failure ?? serverError(error, !(socket instanceof TLSSocket))
    }
    this.route = route
    return this
  }

  /** Lets the driver speak on the stream, within what is left of the connect timeout. */
  #handOver(): Promise<void> {
    const { connectTimeoutSeconds } = this.#parameters
    return new Promise((resolve, reject) => {
      const timer =
        connectTimeoutSeconds === 0
          ? undefined
          : setTimeout(
              () => reject(Object.assign(new Error('timeout expired'), { code: 'ETIMEDOUT' })),
              connectTimeoutSeconds * 1000,
            )
      super.connect((error: Error | null) => {
        clearTimeout(timer)
        if (error === null || error === undefined) resolve()
        else reject(error)
      })
    })
  }
}

/** A stream that is open already, for a driver that wants to open it. */
function adopted(socket: Socket): Socket {
  return Object.assign(socket, {
    connect: (): Socket => {
      queueMicrotask(() => {
        socket.emit('connect')
        socket.resume()
      })
      return socket
    },
  })
}
