import type { Analyzer, AnalyzerContext, AnalyzerDefinition, AnalyzerResult } from '../analyzer.ts'
import type { Conclusion } from '../finding.ts'
import type { Flow } from '../flow/flow.ts'
import type { Packet } from '../packet.ts'
import type { Segment } from '../tcp/segment.ts'
import { delayedAckSection } from './delayed-acks/section.ts'
import {
  addHeldBack,
  type DelayedAckTotals,
  type HeldBack,
  mergeDelayedAcks,
  newDelayedAckTotals,
} from './delayed-acks/totals.ts'
import { concludeIncidents, worstSubjects } from './support/concluding.ts'
import { IndexedRecords } from './support/indexed-records.ts'

/** A full segment is sent at once, whatever is outstanding (RFC 9293 §3.7.4). */
const FULL_SEGMENT_BYTES = 1200
/** Acknowledgments are delayed by 40 ms on Linux, up to 500 ms by RFC 9293 §3.8.6.3. */
const LEAST_DELAY_NS = 30e6
const MOST_DELAY_NS = 520e6
/** The sender goes on at once when the acknowledgment comes. */
const AT_ONCE_NS = 3e6
const MOST_WAITS = 100
const MOST_HOSTS = 5
const LONG_NS = 1e9

const SMALL_FRAME = 0
const SMALL_TIME = 1
const ACK_FRAME = 2
const ACK_TIME = 3
const WIDTH = 4

/** Nagle's algorithm against delayed acknowledgments: small writes that wait for each other's acknowledgment. */
export const delayedAcks: AnalyzerDefinition = {
  id: 'delayed-acks',
  title: 'Nagle and delayed acknowledgments',
  description:
    'Small segments that were held back until a delayed acknowledgment came, as when an application writes a message in pieces.',
  settings: {
    leastWaits: {
      unit: 'count',
      default: 3,
      least: 1,
      most: 1e6,
      description: 'So many waits of a connection are a pattern.',
    },
  },
  create: (context) => new DelayedAcks(context),
}

/** Memory: 64 bytes a connection, and at most 100 waits of each that has some. */
class DelayedAcks implements Analyzer<DelayedAckTotals> {
  private readonly totals = newDelayedAckTotals()
  private readonly records = new IndexedRecords(2 * WIDTH)
  /** By 2 · connection + direction: cost and frames of each wait. */
  private readonly waits = new Map<number, number[][]>()
  private readonly leastWaits: number
  readonly on = {
    segment: (segment: Segment, packet: Packet) => this.segment(segment, packet),
    flowEnd: (flow: Flow) => this.flowEnd(flow),
  }

  constructor(context: AnalyzerContext) {
    this.leastWaits = context.setting('leastWaits')
  }

  state(): DelayedAckTotals {
    return this.totals
  }

  merge(other: DelayedAckTotals): void {
    mergeDelayedAcks(this.totals, other)
  }

  finish(): AnalyzerResult {
    const { senders } = this.totals
    return {
      section: delayedAckSection(delayedAcks, this.totals),
      conclusions: worstSubjects(senders, MOST_HOSTS).map(([sender, held]) => conclude(sender, held)),
    }
  }

  private segment(segment: Segment, packet: Packet): void {
    const { payloadLength } = segment
    if (payloadLength === 0) {
      if (segment.acknowledgedFrame !== 0) this.acknowledge(segment, packet)
      return
    }
    const at = this.records.at(segment.connection) + segment.direction * WIDTH
    const { values } = this.records
    if (values[at + ACK_FRAME] !== 0 && packet.timeNs - values[at + ACK_TIME] <= AT_ONCE_NS + segment.initialRttNs)
      this.note(segment, packet, at)
    // the last, small one of several in flight waits for them, not for a delayed acknowledgment
    const isAlone = segment.bytesInFlight <= payloadLength
    const isHeld = payloadLength < FULL_SEGMENT_BYTES && isAlone && segment.flags === 0
    values[at + SMALL_FRAME] = isHeld ? packet.number : 0
    values[at + SMALL_TIME] = packet.timeNs
    values[at + ACK_FRAME] = 0
  }

  /** A late acknowledgment of exactly the small segment that was sent last, with nothing else to say. */
  private acknowledge(segment: Segment, packet: Packet): void {
    const at = this.records.at(segment.connection) + (segment.direction ^ 1) * WIDTH
    const { values } = this.records
    if (values[at + SMALL_FRAME] === 0 || values[at + SMALL_FRAME] !== segment.acknowledgedFrame) return
    const delayNs = packet.timeNs - values[at + SMALL_TIME] - segment.initialRttNs
    if (delayNs < LEAST_DELAY_NS || delayNs > MOST_DELAY_NS || delayNs < 2 * segment.initialRttNs) return
    values[at + ACK_FRAME] = packet.number
    values[at + ACK_TIME] = packet.timeNs
  }

  private note(segment: Segment, packet: Packet, at: number): void {
    const key = 2 * segment.connection + segment.direction
    let waits = this.waits.get(key)
    if (waits === undefined) this.waits.set(key, (waits = []))
    if (waits.length >= MOST_WAITS) return
    const { values } = this.records
    const costNs = Math.max(0, values[at + ACK_TIME] - values[at + SMALL_TIME] - segment.initialRttNs)
    waits.push([costNs, values[at + SMALL_FRAME], values[at + ACK_FRAME], packet.number])
  }

  private flowEnd(flow: Flow): void {
    if (flow.transport !== 'tcp') return
    const { connection } = flow
    for (let direction = 0; direction < 2; direction++) {
      const key = 2 * connection + direction
      const waits = this.waits.get(key)
      if (waits === undefined) continue
      this.waits.delete(key)
      if (waits.length >= this.leastWaits)
        addHeldBack(this.totals, flow.address(direction), flow.address(direction ^ 1), waits)
    }
    this.records.clear(connection)
  }
}

function conclude(sender: string, held: HeldBack): Conclusion {
  const { count, costNs, longestNs, connections, receiver } = held
  return {
    ...concludeIncidents('tcp-nagle-delayed-ack', sender, held, costNs >= LONG_NS ? 'medium' : 'low'),
    confidence: 'medium',
    values: { sender, receiver, count, connections, costNs, meanNs: Math.round(costNs / count) },
    hypotheses: [
      { id: 'nagle', accepted: true, values: { count, meanNs: Math.round(costNs / count) } },
      { id: 'path', accepted: false, values: { longestNs } },
    ],
    needs: ['both-directions', 'no-capture-drops', 'true-timing'],
  }
}
