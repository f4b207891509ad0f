import type { PathOptions } from '../network/path.ts'
import { httpGet, httpResponse } from '../payloads/http.ts'
import type { Stage } from '../stage.ts'
import { type Connection, converse, type Ending, type Turn } from '../tcp/connection.ts'
import type { SocketOptions } from '../tcp/socket-options.ts'

/** One connection over a way of its own. */
export interface ExchangePlan {
  readonly way: PathOptions
  readonly turns: readonly Turn[]
  readonly startNs?: number
  readonly ending?: Ending
  readonly clientOptions?: SocketOptions
  readonly serverOptions?: SocketOptions
  readonly client?: string
  readonly server?: string
  readonly port?: number
  readonly labels?: readonly string[]
}

/** Plays a connection between a client inside and a server outside, to port 80 unless told otherwise. */
export function playExchange(stage: Stage, plan: ExchangePlan): Connection {
  const { way, turns, startNs = 0, ending, port = 80, clientOptions = {}, serverOptions = {}, labels = [] } = plan
  const connection = stage.connection(stage.path(way), {
    client: stage.from(plan.client ?? stage.inside(10)),
    server: { address: plan.server ?? stage.outside(80), port },
    clientOptions,
    serverOptions,
    labels,
  })
  stage.simulation.at(startNs, () => converse(stage.simulation, connection, turns, ending))
  return connection
}

/** A download over HTTP: one request, one response. */
export function download(bodyBytes: number, thinkNs = 2e6): Turn[] {
  return [
    { from: 'client', payload: httpGet('/catalogue.txt'), afterNs: 1e6 },
    { from: 'server', payload: httpResponse(200, bodyBytes), afterNs: thinkNs },
  ]
}
