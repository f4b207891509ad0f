import type { Endpoint } from '@pcap-analyzer/engine/testing'
import type { Segment } from '../tcp/segment.ts'
import { frameOf } from '../tcp/segment.ts'
import { Link, type LinkOptions } from './link.ts'
import type { Recording } from './recording.ts'
import type { Simulation } from './simulation.ts'

/** The two ends of a way; the client begins. */
export type Side = 'client' | 'server'

/** A link for each direction between one end and the capture point. */
export interface Section {
  readonly towardsServer?: LinkOptions<Segment>
  readonly towardsClient?: LinkOptions<Segment>
}

export interface PathOptions {
  /** From the client to the capture point; nothing when left out: captured at the client. */
  readonly clientSection?: Section
  /** From the capture point to the server; nothing when left out: captured at the server. */
  readonly serverSection?: Section
}

const INITIAL_HOP_LIMIT = 64

/** A way between clients and servers with the capture point on it. Loss before and after it is loss on one of its two sections. */
export class Path {
  readonly #receivers = new Map<string, (segment: Segment) => void>()
  readonly #first: Readonly<Record<Side, Link<Segment>>>
  readonly #simulation: Simulation

  constructor(simulation: Simulation, recording: Recording, options: PathOptions) {
    const { clientSection = {}, serverSection = {} } = options
    this.#simulation = simulation
    const arrive = (segment: Segment) => this.#receivers.get(keyOf(segment.to, segment.from))?.(segment)
    const link = (linkOptions: LinkOptions<Segment> | undefined, deliver: (segment: Segment) => void) =>
      new Link(simulation, linkOptions ?? {}, deliver)
    const towardsServer = link(serverSection.towardsServer, arrive)
    const towardsClient = link(clientSection.towardsClient, arrive)
    const record = (segment: Segment, hops: number, onward: Link<Segment>) => {
      recording.add(simulation.nowNs, frameOf(segment, INITIAL_HOP_LIMIT - hops), ...segment.labels)
      onward.send(segment)
    }
    const client: Link<Segment> = link(clientSection.towardsServer, (segment) =>
      record(segment, client.hops, towardsServer),
    )
    const server: Link<Segment> = link(serverSection.towardsClient, (segment) =>
      record(segment, server.hops, towardsClient),
    )
    this.#first = { client, server }
  }

  /** Lets an endpoint hear what its peer sends. */
  attach(endpoint: Endpoint, peer: Endpoint, receive: (segment: Segment) => void): void {
    this.#receivers.set(keyOf(endpoint, peer), receive)
  }

  /** Sends a segment from an end; the simulated host needs 20 µs for it. */
  send(side: Side, segment: Segment): void {
    this.#simulation.after(20_000, () => this.#first[side].send(segment))
  }
}

function keyOf(own: Endpoint, peer: Endpoint): string {
  return `${own.address} ${own.port} ${peer.address} ${peer.port}`
}
