import type { Endpoint } from '@pcap-analyzer/engine/testing'
import { Path, type PathOptions } from './network/path.ts'
import { Recording } from './network/recording.ts'
import { Simulation } from './network/simulation.ts'
import { Random } from './random.ts'
import type { IpVersion } from './scenario.ts'
import type { Connection } from './tcp/connection.ts'
import type { SocketOptions } from './tcp/socket-options.ts'
import { TcpSocket } from './tcp/tcp-socket.ts'

/** Ends of a connection to be made, and how they behave. */
export interface ConnectionPlan {
  readonly client: Endpoint
  readonly server: Endpoint
  readonly clientOptions?: SocketOptions
  readonly serverOptions?: SocketOptions
  /** Labels for all of its segments. */
  readonly labels?: readonly string[]
}

/** What a story is told with: time, chance, addresses, ways and the capture. */
export class Stage {
  readonly simulation = new Simulation()
  readonly recording = new Recording()
  readonly random: Random
  readonly ipVersion: IpVersion
  #port = 49_152

  constructor(seed: number, ipVersion: IpVersion) {
    this.random = new Random(seed)
    this.ipVersion = ipVersion
  }

  /** Address of a host of this site. */
  inside(host: number, network = 1): string {
    return this.ipVersion === 4 ? `10.20.${network}.${host}` : `fd20:0:0:${network.toString(16)}::${host.toString(16)}`
  }

  /** Address of a host elsewhere: ranges for documentation, which stand for public ones. */
  outside(host: number, network = 0): string {
    if (this.ipVersion === 6) return `2001:db8:${(0x100 + network).toString(16)}::${host.toString(16)}`
    return `${['198.51.100', '203.0.113', '192.0.2', '198.18.0', '198.19.0'][network]}.${host}`
  }

  /** A client's end with the next port of its own. */
  from(address: string): Endpoint {
    return { address, port: this.#port++ }
  }

  path(options: PathOptions): Path {
    return new Path(this.simulation, this.recording, options)
  }

  /** The two sockets of a connection over a path; nothing is sent yet. */
  connection(path: Path, plan: ConnectionPlan): Connection {
    const { client, server, clientOptions = {}, serverOptions = {}, labels = [] } = plan
    const place = { simulation: this.simulation, path, labels }
    const numbers = () => ({
      initialSequence: this.random.integer(0, 2 ** 32 - 1),
      initialTimestamp: this.random.integer(1e6, 1e9),
    })
    return {
      client: new TcpSocket({ ...place, side: 'client', own: client, peer: server, ...numbers() }, clientOptions),
      server: new TcpSocket({ ...place, side: 'server', own: server, peer: client, ...numbers() }, serverOptions),
    }
  }

  /** A frame that passes the capture point at a time, scripted. */
  record(timeNs: number, bytes: Uint8Array, ...labels: readonly string[]): void {
    this.recording.add(Math.round(timeNs), bytes, ...labels)
  }
}
