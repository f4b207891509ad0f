import { type Endpoint, icmpFrame, tcpFrame, udpFrame } from '@pcap-analyzer/engine/testing'
import { joined } from '../payloads/text.ts'
import type { Stage } from '../stage.ts'
import { MS } from '../units.ts'

/** A single segment, and what comes back; at a capture point on the target's network. */
export interface TcpProbe {
  readonly atNs: number
  readonly from: Endpoint
  readonly to: Endpoint
  /** Letters of the flags; SYN when left out. */
  readonly flags?: string
  readonly answer: 'reset' | 'open' | 'none'
  readonly labels?: readonly string[]
}

const HOPS_LEFT = 52

/** Records a probe of a TCP port; an open one is broken off with RST after its SYN-ACK. */
export function probeTcp(stage: Stage, { atNs, from, to, flags = 'S', answer, labels = [] }: TcpProbe): void {
  const sequence = stage.random.integer(1, 2 ** 32 - 1)
  const probe = tcpFrame(from, to, { sequence, flags, window: 1024, hopLimit: HOPS_LEFT })
  stage.record(atNs, probe, 'probe', ...labels)
  if (answer === 'none') return
  const acknowledgment = flags.includes('S') || flags.includes('F') ? sequence + 1 : sequence
  if (answer === 'reset') {
    stage.record(
      atNs + 0.2 * MS,
      tcpFrame(to, from, { sequence: 0, acknowledgment, flags: 'RA', window: 0 }),
      'refusal',
    )
    return
  }
  const own = stage.random.integer(1, 2 ** 32 - 1)
  stage.record(atNs + 0.2 * MS, tcpFrame(to, from, { sequence: own, acknowledgment, flags: 'SA' }), 'syn-ack')
  stage.record(
    atNs + 30 * MS,
    tcpFrame(from, to, { sequence: sequence + 1, flags: 'R', window: 0, hopLimit: HOPS_LEFT }),
  )
}

/** Port unreachable (RFC 792, RFC 4443 §3.1) about a datagram. */
export function portUnreachable(from: Endpoint, to: Endpoint, payload: Uint8Array): Uint8Array {
  const quoted = udpFrame(from, to, payload, { hopLimit: HOPS_LEFT }).subarray(14)
  const isV6 = to.address.includes(':')
  return icmpFrame(to.address, from.address, joined(isV6 ? [1, 4, 0, 0, 0, 0, 0, 0] : [3, 3, 0, 0, 0, 0, 0, 0], quoted))
}

/** An echo request or reply with a sequence number and a body (RFC 792, RFC 4443 §4). */
export function echo(from: string, to: string, isReply: boolean, sequence: number, body: Uint8Array): Uint8Array {
  const isV6 = from.includes(':')
  const type = isV6 ? (isReply ? 129 : 128) : isReply ? 0 : 8
  return icmpFrame(from, to, joined([type, 0, 0, 0, 0x12, 0x34, (sequence >> 8) & 255, sequence & 255], body))
}

/** An address that nobody has: spread over the documentation ranges. */
export function forgedAddress(stage: Stage): string {
  const { random } = stage
  return stage.outside(random.integer(1, 254), random.integer(0, 4))
}
