import type { Segment } from '../tcp/segment.ts'
import type { LinkOptions } from './link.ts'
import type { PathOptions, Section } from './path.ts'

/** What a way does to packets of each direction beside its delay. */
export interface WayOptions {
  readonly towardsServer?: LinkOptions<Segment>
  readonly towardsClient?: LinkOptions<Segment>
  /** Routers on the way; 9 when left out. */
  readonly hops?: number
}

/** Captured on the client itself, with the whole way behind the capture point. */
export function capturedAtClient(rttNs: number, options: WayOptions = {}): PathOptions {
  return { serverSection: section(rttNs, options) }
}

/** Captured on the server itself. */
export function capturedAtServer(rttNs: number, options: WayOptions = {}): PathOptions {
  return { clientSection: section(rttNs, options) }
}

/** Captured in between; round-trip times of both parts. */
export function capturedBetween(
  clientRttNs: number,
  serverRttNs: number,
  client: WayOptions = {},
  server: WayOptions = {},
): PathOptions {
  return {
    clientSection: section(clientRttNs, { hops: 3, ...client }),
    serverSection: section(serverRttNs, { hops: 6, ...server }),
  }
}

/** Bytes a second of a link without a rate of its own. */
const GIGABIT = 125e6

function section(rttNs: number, { towardsServer, towardsClient, hops = 9 }: WayOptions): Section {
  const common = { delayNs: rttNs / 2, bytesPerSecond: GIGABIT, hops }
  return {
    towardsServer: { ...common, ...towardsServer },
    towardsClient: { ...common, ...towardsClient },
  }
}
