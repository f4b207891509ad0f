import { udpFrame } from '@pcap-analyzer/engine/testing'
import { addressData, dnsQuery, dnsResponse, dnsType } from '../payloads/dns.ts'
import type { Stage } from '../stage.ts'
import { MS } from '../units.ts'

/** A question to a name server, seen at the client. */
export interface Lookup {
  readonly atNs: number
  readonly name: string
  readonly type?: number
  readonly client?: string
  readonly server?: string
  /** Null when no answer comes; a few milliseconds when left out. */
  readonly latencyNs?: number | null
  readonly rcode?: number
  readonly data?: readonly ArrayLike<number>[]
  /** Times after the first when the client asks again. */
  readonly repeatsAtNs?: readonly number[]
  readonly labels?: readonly string[]
}

const NXDOMAIN = 3
export const rcodes = { none: 0, serverFailure: 2, nameError: NXDOMAIN } as const

/** Records a question and its answer; returns when the answer came, or the question when none does. */
export function lookUp(stage: Stage, lookup: Lookup): number {
  const { atNs, name, type = dnsType.a, rcode = 0, repeatsAtNs = [], labels = [] } = lookup
  const { latencyNs = stage.random.between(2, 9) * MS } = lookup
  const client = stage.from(lookup.client ?? stage.inside(10))
  const server = { address: lookup.server ?? stage.inside(53), port: 53 }
  const id = stage.random.integer(1, 0xffff)
  const address = type === dnsType.aaaa ? '2001:db8:100::50' : '198.51.100.80'
  const data = lookup.data ?? (rcode === 0 ? [addressData(address)] : [])
  for (const [i, afterNs] of [0, ...repeatsAtNs].entries()) {
    const query = udpFrame(client, server, dnsQuery(id, name, type))
    stage.record(atNs + afterNs, query, 'dns', 'query', ...labels, ...(i > 0 ? ['dns-repeat'] : ['first']))
  }
  if (latencyNs === null) return atNs
  const response = udpFrame(server, client, dnsResponse(id, name, type, data, rcode), { hopLimit: 63 })
  stage.record(atNs + latencyNs, response, 'dns', 'response', ...labels)
  return atNs + latencyNs
}
