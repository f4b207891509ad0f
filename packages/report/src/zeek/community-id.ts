import { sha1 } from '@noble/hashes/legacy.js'

/** ICMP types that answer each other, of version 4 and 6; others are one-way. */
const counterparts: Readonly<Record<number, ReadonlyMap<number, number>>> = {
  1: pairs([8, 0], [13, 14], [15, 16], [17, 18], [10, 9]),
  58: pairs([128, 129], [133, 134], [135, 136], [130, 131], [144, 145], [139, 140]),
}

/**
 * Community ID, version 1 (github.com/corelight/community-id-spec): the same for both directions of a flow and in every tool.
 * Addresses are the bytes of an IPv4 or IPv6 address; ICMP has type and code for ports.
 */
export function communityId(
  protocol: number,
  source: Uint8Array,
  sourcePort: number,
  destination: Uint8Array,
  destinationPort: number,
  seed = 0,
): string {
  let ports: readonly [number, number] | null = null
  let isOneWay = false
  const counterpart = counterparts[protocol]
  if (counterpart !== undefined) {
    const answer = counterpart.get(sourcePort)
    isOneWay = answer === undefined
    ports = [sourcePort, answer ?? destinationPort]
  } else if (protocol === 6 || protocol === 17 || protocol === 132) ports = [sourcePort, destinationPort]
  const order = compare(source, destination) || (ports === null ? 0 : ports[0] - ports[1])
  const isSwapped = !isOneWay && order > 0
  const [first, second] = isSwapped ? [destination, source] : [source, destination]
  const ordered = ports === null ? [] : isSwapped ? [ports[1], ports[0]] : ports
  const hashed = sha1(
    Uint8Array.from([
      seed >> 8,
      seed & 255,
      ...first,
      ...second,
      protocol,
      0,
      ...ordered.flatMap((port) => [port >> 8, port & 255]),
    ]),
  )
  return `1:${btoa(String.fromCharCode(...hashed))}`
}

function pairs(...listed: readonly (readonly [number, number])[]): ReadonlyMap<number, number> {
  return new Map(listed.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]))
}

function compare(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i] - b[i]
  return 0
}
