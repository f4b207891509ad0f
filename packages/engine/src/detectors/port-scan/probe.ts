import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN } from '../../decode/tcp.ts'
import type { Segment } from '../../tcp/segment.ts'
import { isGroup } from '../support/address-scope.ts'
import { type EndedFlow, SAW_ACK, SAW_RST, SAW_SYN, SAW_SYN_ACK } from '../support/ended-flow.ts'
import type { Technique } from './target.ts'

const TCP_URG = 0x20
const FLAGS = TCP_FIN | TCP_SYN | TCP_RST | TCP_PSH | TCP_ACK | TCP_URG
/** Marks flags as known: those of a NULL probe are 0. */
const IS_KNOWN = 0x10000
const MOST_OPEN = 1 << 16
/** A probe is repeated a few times when nothing answers; more is a one-way stream. */
const MOST_PROBE_FRAMES = 4
/** Ports that a traceroute counts up through (RFC 1393 and every implementation since). */
const TRACEROUTE_FIRST = 33_434
const TRACEROUTE_LAST = 33_689

/** The flags that flows without a SYN began with, by flow, until they end; of flows beyond the bound nothing is known. */
export class FirstFlags {
  private readonly flags = new Map<number, number>()

  /** Takes the first segment of a connection. */
  take(segment: Segment): void {
    this.flags.delete(segment.flow)
    if ((segment.tcpFlags & (TCP_SYN | TCP_RST)) !== 0 || segment.payloadLength > 0) return
    if (this.flags.size < MOST_OPEN) this.flags.set(segment.flow, (segment.tcpFlags & FLAGS) | IS_KNOWN)
  }

  /** The flags of a flow that ends, forgotten with it; 0 when there are none. */
  give(flow: number): number {
    const flags = this.flags.get(flow)
    if (flags === undefined) return 0
    this.flags.delete(flow)
    return flags
  }
}

/** What a flow was to the side that began it: a probe by its technique, or with null a connection that came about. */
export interface Attempt {
  readonly source: string
  readonly target: string
  readonly port: number
  readonly technique: Technique | null
  readonly isRefused: boolean
}

/** Null for flows that say nothing of a scan: begun before the capture, answered datagrams to groups, backscatter. */
export function probeOf(flow: EndedFlow, firstFlags: number): Attempt | null {
  if (!flow.isTcp) return udpProbe(flow)
  if (firstFlags !== 0) return stealthProbe(flow, firstFlags & ~IS_KNOWN)
  const { completeness } = flow
  if ((completeness & SAW_SYN) === 0) return null
  const isAnswered = (completeness & SAW_SYN_ACK) !== 0
  // a handshake broken off by a RST is how a SYN scan leaves an open port, one closed without a word how a connect scan does
  const isHalfOpen = isAnswered && (completeness & SAW_ACK) === 0 && (completeness & SAW_RST) !== 0
  const isProbe = (!isAnswered && flow.responderBytes === 0) || isHalfOpen
  const isRefused = !isAnswered && (completeness & SAW_RST) !== 0
  return attempt(flow, isProbe && flow.initiatorBytes === 0 ? 'SYN' : null, isRefused)
}

function stealthProbe(flow: EndedFlow, flags: number): Attempt | null {
  const { isRefused, technique } = stealthTechnique(flow, flags)
  if (technique === null || flow.initiatorBytes + flow.responderBytes > 0) return null
  // without a handshake only the order tells who probes
  if (flow.initiatorSentFirst) return attempt(flow, technique, isRefused)
  return { source: flow.responder, target: flow.initiator, port: flow.initiatorPort, technique, isRefused }
}

function stealthTechnique(flow: EndedFlow, flags: number): { technique: Technique | null; isRefused: boolean } {
  const isRefused = (flow.completeness & SAW_RST) !== 0
  const frames = flow.initiatorFrames + flow.responderFrames
  if (frames > 2 * MOST_PROBE_FRAMES) return { technique: null, isRefused }
  if (flags === 0) return { technique: 'NULL', isRefused }
  if (flags === TCP_FIN) return { technique: 'FIN', isRefused }
  if (flags === (TCP_FIN | TCP_PSH | TCP_URG)) return { technique: 'Xmas', isRefused }
  // a lone ACK also is what is left of a connection from before the capture; only one that is refused tells of a probe
  return { technique: flags === TCP_ACK && isRefused && frames <= 2 ? 'ACK' : null, isRefused }
}

function udpProbe(flow: EndedFlow): Attempt | null {
  const { responderPort, initiatorFrames } = flow
  if (initiatorFrames === 0 || isGroup(flow.responder)) return null
  if (responderPort >= TRACEROUTE_FIRST && responderPort <= TRACEROUTE_LAST) return null
  if (flow.responderFrames > 0) return attempt(flow, null, false)
  // what an answering server sends to a client whose question was not captured comes from a service's port
  if (initiatorFrames > MOST_PROBE_FRAMES || flow.initiatorPort < 1024) return null
  return attempt(flow, 'UDP', false)
}

function attempt(flow: EndedFlow, technique: Technique | null, isRefused: boolean): Attempt {
  return { source: flow.initiator, target: flow.responder, port: flow.responderPort, technique, isRefused }
}
