import type { Flow } from '../../flow/flow.ts'
import { endpointText } from '../../text/endpoint.ts'
import { getOrMake } from '../support/bounded-map.ts'
import { addIncident, type Incidents, mergeIncidents, newIncidents } from '../support/concluding.ts'

const MOST_PLACES = 1 << 10

/** Why a flow was counted with its service. */
export type Basis = 'content' | 'port' | 'behaviour' | 'none'
export const bases: readonly Basis[] = ['content', 'port', 'behaviour', 'none']

export interface ServiceCount {
  service: string
  basis: Basis
  flows: number
  packets: number
  wireBytes: number
}

/** A service found where another is expected. */
export interface Misplaced extends Incidents {
  service: string
  expected: string
}

export interface ServiceTotals {
  /** By basis, then service: all names are in our own tables. */
  counts: Record<Basis, Map<string, ServiceCount>>
  misplaced: Map<string, Misplaced>
}

export function newServiceTotals(): ServiceTotals {
  return {
    counts: { content: new Map(), port: new Map(), behaviour: new Map(), none: new Map() },
    misplaced: new Map(),
  }
}

export function mergeServiceTotals(into: ServiceTotals, from: ServiceTotals): void {
  for (const basis of bases) {
    for (const [service, count] of from.counts[basis]) {
      const own = into.counts[basis].get(service)
      if (own === undefined) into.counts[basis].set(service, count)
      else {
        own.flows += count.flows
        own.packets += count.packets
        own.wireBytes += count.wireBytes
      }
    }
  }
  for (const [key, misplaced] of from.misplaced) {
    const { service, expected } = misplaced
    const own = getOrMake(into.misplaced, key, MOST_PLACES, () => ({ ...newIncidents(), service, expected }))
    if (own !== null) mergeIncidents(own, misplaced)
  }
}

export function addFlowOf(totals: ServiceTotals, service: string, basis: Basis, flow: Flow): void {
  const ofBasis = totals.counts[basis]
  let count = ofBasis.get(service)
  if (count === undefined) {
    count = { service, basis, flows: 0, packets: 0, wireBytes: 0 }
    ofBasis.set(service, count)
  }
  count.flows++
  count.packets += flow.frames(0) + flow.frames(1)
  count.wireBytes += flow.wireBytes(0) + flow.wireBytes(1)
}

/** Services that are often found on each other's ports. */
const RELATED: readonly (readonly string[])[] = [
  [
    'HTTP',
    'HTTPS',
    'HTTP/3',
    'QUIC',
    'TLS',
    'HTTP proxy',
    'DNS over HTTPS',
    'gRPC',
    'IPP',
    'SSDP',
    'Kubernetes API',
    'Docker',
    'WinRM',
    'Elasticsearch',
    'etcd',
    'Kubelet',
  ],
  ['DNS', 'mDNS', 'LLMNR', 'DNS over TLS', 'DNS over QUIC', 'TLS'],
]

/** Remembers a flow whose content is not what its port stands for. TLS may protect anything. */
export function addMisplaced(
  totals: ServiceTotals,
  { service, frame }: { service: string; frame: number },
  expected: string | null,
  flow: Flow,
): void {
  if (expected === null || expected === service || !(service === 'SSH' || service === 'HTTP' || service === 'DNS'))
    return
  if (RELATED.some((names) => names.includes(service) && names.includes(expected))) return
  const responder = flow.initiator ^ 1
  const key = `${service} ${endpointText(flow.address(responder), flow.port(responder))}`
  const misplaced = getOrMake(totals.misplaced, key, MOST_PLACES, () => ({ ...newIncidents(), service, expected }))
  if (misplaced !== null) addIncident(misplaced, 0, frame)
}
