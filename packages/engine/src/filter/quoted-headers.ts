import type { IcmpFacts, TransportFacts } from './frame-facts.ts'

const IPV4_BYTES = 20
const IPV6_BYTES = 40
const PORT_BYTES = 4
const TCP = 6
const UDP = 17
const ICMP = 1
const ICMPV6 = 58
const ECHO_TYPES: readonly number[] = [0, 8, 128, 129]
const ICMP_BYTES = 8

/** What an ICMP error quotes of the packet that it is about. */
export interface QuotedHeaders {
  readonly addresses: { readonly version: 4 | 6; readonly source: bigint; readonly destination: bigint }
  /** Null where not even the ports are there; its stream is -1. */
  readonly transport: TransportFacts | null
  readonly icmp: IcmpFacts | null
}

/** Reads an IP header and the ports behind it in `data[start…end)`; null when there is no whole IP header. */
export function readQuotedHeaders(data: Uint8Array, start: number, end: number): QuotedHeaders | null {
  const version = data[start] >> 4
  if (version === 4 && start + IPV4_BYTES <= end) {
    const addresses = {
      version,
      source: number(data, start + 12, 4),
      destination: number(data, start + 16, 4),
    } as const
    const isFirst = (((data[start + 6] & 0x1f) << 8) | data[start + 7]) === 0
    const transportStart = start + (data[start] & 15) * 4
    if (!isFirst) return { addresses, transport: null, icmp: null }
    const protocol = data[start + 9]
    return {
      addresses,
      transport: readTransport(data, protocol, transportStart, end),
      icmp: protocol === ICMP ? readIcmp(data, 4, transportStart, end) : null,
    }
  }
  if (version !== 6 || start + IPV6_BYTES > end) return null
  const addresses = { version, source: number(data, start + 8, 16), destination: number(data, start + 24, 16) } as const
  const protocol = data[start + 6]
  return {
    addresses,
    transport: readTransport(data, protocol, start + IPV6_BYTES, end),
    icmp: protocol === ICMPV6 ? readIcmp(data, 6, start + IPV6_BYTES, end) : null,
  }
}

function readTransport(data: Uint8Array, protocol: number, at: number, end: number): TransportFacts | null {
  if ((protocol !== TCP && protocol !== UDP) || at + PORT_BYTES > end) return null
  const headerBytes = protocol === UDP ? 8 : at + 13 > end ? 20 : (data[at + 12] >> 4) * 4
  return {
    transport: protocol === TCP ? 'tcp' : 'udp',
    sourcePort: (data[at] << 8) | data[at + 1],
    destinationPort: (data[at + 2] << 8) | data[at + 3],
    headerStart: at,
    payloadStart: Math.min(at + headerBytes, end),
    payloadEnd: end,
    data,
    stream: -1,
  }
}

function readIcmp(data: Uint8Array, version: 4 | 6, at: number, end: number): IcmpFacts | null {
  if (at + ICMP_BYTES > end) return null
  return {
    version,
    type: data[at],
    code: data[at + 1],
    identifier: (data[at + 4] << 8) | data[at + 5],
    sequence: (data[at + 6] << 8) | data[at + 7],
    requestFrame: 0,
    rttNs: 0,
    isEcho: ECHO_TYPES.includes(data[at]),
  }
}

function number(data: Uint8Array, at: number, length: number): bigint {
  let sum = 0n
  for (let i = 0; i < length; i++) sum = (sum << 8n) | BigInt(data[at + i])
  return sum
}
