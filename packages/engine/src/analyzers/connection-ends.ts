import type { Analyzer, AnalyzerContext, AnalyzerDefinition, AnalyzerResult } from '../analyzer.ts'
import { TCP_FIN, TCP_RST, TCP_SYN } from '../decode/tcp.ts'
import type { Flow } from '../flow/flow.ts'
import type { Packet } from '../packet.ts'
import type { CaptureSummary } from '../report.ts'
import { LOSS_CAPTURE_DUPLICATE } from '../tcp/loss.ts'
import type { Segment } from '../tcp/segment.ts'
import { endConclusions } from './connection-ends/conclusions.ts'
import { endSection } from './connection-ends/section.ts'
import { stateOf } from './connection-ends/state.ts'
import { addReset, type EndTotals, mergeEndTotals, newEndTotals, type ResetPhase } from './connection-ends/totals.ts'
import { IndexedRecords } from './support/indexed-records.ts'

/** Time + 1 ns of the first FIN, its frame, and bytes that the other side had sent until then. */
const FIN_TIME = 0
const FIN_FRAME = 1
const BYTES_BEFORE = 2
/** Bits: directions that sent FIN (1, 2); whether a reset was seen (4). */
const SEEN = 3
/** Time to live of the SYN or SYN-ACK of each direction, 0 when unknown. */
const TTL = 4
const RECORD_WIDTH = 6
const BOTH_FINS = 3
const RESET_SEEN = 4

/** Routes that differ by so many hops are those of different senders. */
const LEAST_HOPS_APART = 3
const SYN_ACK = 2

/** How connections end: closed, reset (when and by whom), left half-closed or open. */
export const connectionEnds: AnalyzerDefinition = {
  id: 'connection-ends',
  title: 'Connection states and resets',
  description:
    'States of connections at the end of the capture, how long open ones have been idle, half-closed ones, and resets by phase (handshake, request, transfer, idle, after close) and by who sent them.',
  settings: {
    idleNs: {
      unit: 'ns',
      default: 30e9,
      least: 1e9,
      most: 86_400e9,
      description: 'An open connection is idle when nothing was sent for this long.',
    },
    halfClosedNs: {
      unit: 'ns',
      default: 60e9,
      least: 1e9,
      most: 86_400e9,
      description: 'A side that does not answer a FIN with its own for this long leaks connections.',
    },
    activeNs: {
      unit: 'ns',
      default: 1e9,
      least: 1e6,
      most: 3600e9,
      description: 'A reset this soon after data interrupts a transfer; later it ends an idle connection.',
    },
  },
  create: (context) => new ConnectionEnds(context),
}

/** Memory: 48 bytes a connection. */
class ConnectionEnds implements Analyzer<EndTotals> {
  private readonly totals = newEndTotals()
  private readonly records = new IndexedRecords(RECORD_WIDTH)
  private readonly context: AnalyzerContext
  private readonly activeNs: number
  readonly on = {
    remarkable: (segment: Segment, packet: Packet) => {
      if ((segment.tcpFlags & (TCP_SYN | TCP_FIN | TCP_RST)) !== 0) this.control(segment, packet)
    },
    flowEnd: (flow: Flow) => this.flowEnd(flow),
  }

  constructor(context: AnalyzerContext) {
    this.context = context
    this.activeNs = context.setting('activeNs')
  }

  state(): EndTotals {
    return this.totals
  }

  merge(other: EndTotals): void {
    mergeEndTotals(this.totals, other)
  }

  finish(capture: CaptureSummary): AnalyzerResult {
    const idleNs = this.context.setting('idleNs')
    return {
      section: endSection(connectionEnds, this.totals, capture, idleNs),
      conclusions: endConclusions(this.totals, capture, this.context.setting('halfClosedNs')),
    }
  }

  private control(segment: Segment, packet: Packet): void {
    if (segment.loss === LOSS_CAPTURE_DUPLICATE) return
    const { tcpFlags } = segment
    const at = this.records.at(segment.connection)
    if ((tcpFlags & TCP_RST) !== 0) this.reset(segment, packet, at)
    else if ((tcpFlags & TCP_FIN) !== 0) this.fin(segment, packet, at)
    else this.records.values[at + TTL + segment.direction] = ttlOf(packet)
  }

  private fin(segment: Segment, packet: Packet, at: number): void {
    const { values } = this.records
    values[at + SEEN] |= 1 << segment.direction
    if (values[at + FIN_TIME] !== 0) return
    values[at + FIN_TIME] = packet.timeNs + 1
    values[at + FIN_FRAME] = packet.number
    values[at + BYTES_BEFORE] = this.context.flow(segment.flow).payloadBytes(segment.direction ^ 1)
  }

  private reset(segment: Segment, packet: Packet, at: number): void {
    const { values } = this.records
    this.totals.resets++
    if ((values[at + SEEN] & RESET_SEEN) !== 0) {
      this.totals.repeatedResets++
      return
    }
    const flow = this.context.flow(segment.flow)
    const byInitiator = segment.direction === flow.initiator
    const dataNs = this.context.observations.lastDataNs(segment.connection)
    const sinceDataNs = dataNs < 0 ? -1 : packet.timeNs - dataNs
    const phase = this.phaseOf(values[at + SEEN], flow, sinceDataNs)
    const usualTtl = values[at + TTL + segment.direction]
    const isForeign = usualTtl > 0 && Math.abs(ttlOf(packet) - usualTtl) >= LEAST_HOPS_APART
    values[at + SEEN] |= RESET_SEEN
    addReset(this.totals, flow, { phase, byInitiator, isForeign, frame: packet.number, sinceDataNs })
  }

  private phaseOf(seen: number, flow: Flow, sinceDataNs: number): ResetPhase {
    if ((seen & BOTH_FINS) !== 0) return 'after close'
    const { initiator } = flow
    if (flow.payloadBytes(0) + flow.payloadBytes(1) === 0)
      return (flow.completeness & SYN_ACK) !== 0 ? 'after handshake' : 'handshake'
    if (flow.payloadBytes(initiator ^ 1) > 0) return sinceDataNs <= this.activeNs ? 'transfer' : 'idle'
    return 'request'
  }

  private flowEnd(flow: Flow): void {
    if (flow.transport !== 'tcp') return
    const at = this.records.at(flow.connection)
    const { values } = this.records
    const seen = values[at + SEEN]
    const { totals } = this
    const state = stateOf(flow, flow.payloadBytes(0) + flow.payloadBytes(1) > 0, seen & BOTH_FINS)
    totals.states[state]++
    if (state === 'open' || state === 'open without data') {
      const second = Math.floor(flow.lastTimeNs / 1e9)
      totals.openLastSeconds.set(second, (totals.openLastSeconds.get(second) ?? 0) + 1)
    }
    // data after the FIN: the other side still has something to say
    const closer = (seen & 1) !== 0 ? 0 : 1
    if (state === 'half-closed' && flow.payloadBytes(closer ^ 1) === values[at + BYTES_BEFORE]) {
      totals.halfClosed.push({
        host: flow.address(closer ^ 1),
        peer: flow.address(closer),
        sinceNs: values[at + FIN_TIME] - 1,
        frame: values[at + FIN_FRAME],
      })
    }
    this.records.clear(flow.connection)
  }
}

/** Time to live of the packet's IPv4 header; 0 where there is none. */
function ttlOf(packet: Packet): number {
  return packet.ipHeaderStart < 0 ? 0 : packet.data[packet.ipHeaderStart + 8]
}
