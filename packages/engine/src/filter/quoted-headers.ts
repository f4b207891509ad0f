import type { TransportFacts } from './frame-facts.ts'

const IPV4_BYTES = 20
const IPV6_BYTES = 40
const PORT_BYTES = 4
const TCP = 6
const UDP = 17

/** What an ICMP error quotes of the packet that it is about. */
export interface QuotedHeaders {
  readonly addresses: { readonly version: 4 | 6; readonly source: bigint; readonly destination: bigint }
  /** Null where not even the ports are there; its stream is -1. */
  readonly transport: TransportFacts | null
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
    return { addresses, transport: isFirst ? readTransport(data, data[start + 9], transportStart, end) : null }
  }
  if (version !== 6 || start + IPV6_BYTES > end) return null
  const addresses = { version, source: number(data, start + 8, 16), destination: number(data, start + 24, 16) } as const
  return { addresses, transport: readTransport(data, data[start + 6], start + IPV6_BYTES, end) }
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

function number(data: Uint8Array, at: number, length: number): bigint {
  let sum = 0n
  for (let i = 0; i < length; i++) sum = (sum << 8n) | BigInt(data[at + i])
  return sum
}
