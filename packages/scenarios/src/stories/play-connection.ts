import type { PathOptions } from '../network/path.ts'
import { httpGet, httpResponse } from '../payloads/http.ts'
import type { Stage } from '../stage.ts'
import { type Connection, converse, type Ending, type Turn } from '../tcp/connection.ts'
import type { SocketOptions } from '../tcp/socket-options.ts'

/** One connection over a way of its own. */
export interface ConnectionStory {
  readonly way: PathOptions
  readonly turns: readonly Turn[]
  readonly startNs?: number
  readonly ending?: Ending
  readonly clientOptions?: SocketOptions
  readonly serverOptions?: SocketOptions
  readonly client?: string
  /** The next port of its own when left out. */
  readonly clientPort?: number
  readonly server?: string
  readonly port?: number
  readonly labels?: readonly string[]
  /** Made before, where connections share a path. */
  readonly connection?: Connection
}

/** Plays a connection between a client inside and a server outside, to port 80 unless told otherwise. */
export function playConnection(stage: Stage, plan: ConnectionStory): Connection {
  const { way, turns, startNs = 0, ending, port = 80, clientOptions = {}, serverOptions = {}, labels = [] } = plan
  const connection =
    plan.connection ??
    stage.connection(stage.path(way), {
      client: clientOf(stage, plan),
      server: { address: plan.server ?? stage.outside(80), port },
      clientOptions,
      serverOptions,
      labels,
    })
  stage.simulation.at(startNs, () => converse(stage.simulation, connection, turns, ending))
  return connection
}

function clientOf(stage: Stage, { client = stage.inside(10), clientPort }: ConnectionStory) {
  return clientPort === undefined ? stage.from(client) : { address: client, port: clientPort }
}

/** A download over HTTP: one request, one response. */
export function download(bodyBytes: number, thinkNs = 2e6): Turn[] {
  return [
    { from: 'client', payload: httpGet('/catalogue.txt'), afterNs: 1e6 },
    { from: 'server', payload: httpResponse(200, bodyBytes), afterNs: thinkNs },
  ]
}
