import type { Analyzer, AnalyzerContext, AnalyzerDefinition, AnalyzerResult } from '../analyzer.ts'
import { TCP_FIN, TCP_RST, TCP_SYN } from '../decode/tcp.ts'
import type { Flow } from '../flow/flow.ts'
import type { Packet } from '../packet.ts'
import { LOSS_CAPTURE_DUPLICATE } from '../tcp/loss.ts'
import type { Segment } from '../tcp/segment.ts'
import { IndexedRecords } from './support/indexed-records.ts'
import { windowConclusions } from './windows/conclusions.ts'
import { judgeReceiver } from './windows/judge.ts'
import { windowSection } from './windows/section.ts'
import * as side from './windows/side.ts'
import { mergeWindowTotals, newWindowTotals, type WindowTotals } from './windows/totals.ts'

const OPENING_OR_CLOSING = TCP_SYN | TCP_FIN | TCP_RST
/** A window that leaves no room for a full segment is as good as full. */
const FULL_SEGMENT_BYTES = 1460
/** Going on later than this after the other side spoke is the application's doing, wherever the capture was taken. */
const LATE_ROUND_TRIPS = 1.5
const LATE_NS = 2e6

/** Receive windows, scaled: how small they were, how long closed, and whether they held the other side back. */
export const windows: AnalyzerDefinition = {
  id: 'windows',
  title: 'TCP windows',
  description:
    'Receive windows with their scaling, zero and small windows and how long they lasted, bytes in flight against the window, and who limited each bulk transfer: receiver, network or sending application.',
  settings: {
    smallWindowBytes: {
      unit: 'bytes',
      default: 8192,
      least: 1,
      most: 1 << 30,
      description: 'A scaled window below this is small.',
    },
    zeroWindowNs: {
      unit: 'ns',
      default: 100e6,
      least: 0,
      most: 3600e9,
      description: 'A closed window that lasts this long is worth a finding.',
    },
    bulkBytes: {
      unit: 'bytes',
      default: 100_000,
      least: 1,
      most: Number.MAX_SAFE_INTEGER,
      description: 'A transfer of this many bytes in one direction is judged for what limited it.',
    },
  },
  create: (context) => new Windows(context),
}

/** Memory: 352 bytes a connection; frames are remembered only of windows that closed. */
class Windows implements Analyzer<WindowTotals> {
  private readonly totals = newWindowTotals()
  /** Two records a connection: what each side advertised, and what it sent into the other's window. */
  private readonly sides = new IndexedRecords(side.SIDE_WIDTH)
  private readonly context: AnalyzerContext
  private readonly smallBytes: number
  /** By 2 · connection + direction of the receiver: frames in which its window closed and opened again. */
  private readonly closedFrames = new Map<number, number[]>()
  readonly on = {
    segment: (segment: Segment, packet: Packet) => this.segment(segment, packet),
    flowEnd: (flow: Flow) => this.flowEnd(flow),
  }

  constructor(context: AnalyzerContext) {
    this.context = context
    this.smallBytes = context.setting('smallWindowBytes')
  }

  state(): WindowTotals {
    return this.totals
  }

  merge(other: WindowTotals): void {
    mergeWindowTotals(this.totals, other)
  }

  finish(): AnalyzerResult {
    return {
      section: windowSection(windows, this.totals),
      conclusions: windowConclusions(this.totals, this.context.setting('zeroWindowNs')),
    }
  }

  private segment(segment: Segment, packet: Packet): void {
    const own = 2 * segment.connection + segment.direction
    const at = this.sides.at(own | 1) - (own & 1 ? 0 : side.SIDE_WIDTH)
    const { values } = this.sides
    const { payloadLength } = segment
    if (payloadLength > 0 && segment.loss !== LOSS_CAPTURE_DUPLICATE) this.sent(segment, packet, at)
    values[at + side.LAST_TIME] = packet.timeNs
    if ((segment.tcpFlags & OPENING_OR_CLOSING) !== 0) return
    const { windowBytes } = segment
    if (windowBytes === values[at + side.LAST] && windowBytes > 0) return
    const isFirst = values[at + side.ADVERTISED] === 0
    values[at + side.ADVERTISED] = 1
    if (windowBytes < this.smallBytes) {
      if (windowBytes === 0) this.closed(packet, at, own)
      else values[at + side.SMALL] = 1
    }
    if (values[at + side.CLOSED_SINCE] !== 0 && windowBytes > 0) this.opened(packet, at, own)
    if (windowBytes < values[at + side.LEAST] || isFirst) values[at + side.LEAST] = windowBytes
    if (windowBytes > values[at + side.GREATEST]) values[at + side.GREATEST] = windowBytes
    values[at + side.LAST] = windowBytes
    if (segment.windowScale === -1) values[at + side.UNSCALED] = 1
  }

  /** Data: how full it leaves the window of the other side. */
  private sent(segment: Segment, packet: Packet, at: number): void {
    const { values } = this.sides
    const peer = at + (segment.direction === 0 ? side.SIDE_WIDTH : -side.SIDE_WIDTH)
    values[at + side.DATA_SEGMENTS]++
    const { bytesInFlight } = segment
    if (bytesInFlight > values[at + side.MOST_IN_FLIGHT]) values[at + side.MOST_IN_FLIGHT] = bytesInFlight
    const peerTimeNs = values[peer + side.LAST_TIME]
    if (peerTimeNs >= values[at + side.LAST_TIME]) {
      values[at + side.RESUMES]++
      if (values[at + side.WAS_FULL] === 1) values[at + side.RESUMED_FULL]++
      else if (
        bytesInFlight === segment.payloadLength &&
        packet.timeNs - peerTimeNs > LATE_ROUND_TRIPS * segment.initialRttNs + LATE_NS
      )
        values[at + side.RESUMED_LATE]++
    }
    const isFull = bytesInFlight + FULL_SEGMENT_BYTES > values[peer + side.LAST] && values[peer + side.ADVERTISED] > 0
    values[at + side.WAS_FULL] = isFull ? 1 : 0
    values[peer + side.WINDOW_SUM] += values[peer + side.LAST]
    if (segment.loss !== 0) values[at + side.RESENT]++
    if (values[at + side.FIRST_DATA_FRAME] === 0) {
      values[at + side.FIRST_DATA_FRAME] = packet.number
      values[at + side.FIRST_DATA_TIME] = packet.timeNs
    }
    values[at + side.LAST_DATA_TIME] = packet.timeNs
  }

  private closed(packet: Packet, at: number, own: number): void {
    const { values } = this.sides
    values[at + side.ZERO]++
    const frames = this.closedFrames.get(own)
    if (frames === undefined) this.closedFrames.set(own, [packet.number])
    else if (frames.length < side.MOST_CLOSED_FRAMES) frames.push(packet.number)
    // time 0 is that of the first frame: an offset of 1 keeps it apart from «open»
    if (values[at + side.CLOSED_SINCE] === 0) values[at + side.CLOSED_SINCE] = packet.timeNs + 1
  }

  private opened(packet: Packet, at: number, own: number): void {
    const { values } = this.sides
    endClosed(values, at, packet.timeNs)
    const frames = this.closedFrames.get(own)
    if (frames !== undefined && frames.length < side.MOST_CLOSED_FRAMES) frames.push(packet.number)
  }

  private flowEnd(flow: Flow): void {
    if (flow.transport !== 'tcp') return
    const { connection } = flow
    const first = this.sides.at(2 * connection + 1) - side.SIDE_WIDTH
    const { values } = this.sides
    for (const direction of [0, 1]) {
      const at = first + direction * side.SIDE_WIDTH
      if (values[at + side.CLOSED_SINCE] !== 0) endClosed(values, at, flow.lastTimeNs)
      const frames = this.closedFrames.get(2 * connection + direction) ?? []
      const sender = first + (direction ^ 1) * side.SIDE_WIDTH
      judgeReceiver(this.totals, flow, direction, values, at, sender, frames, this.context.setting('bulkBytes'))
      this.closedFrames.delete(2 * connection + direction)
    }
    this.sides.clear(2 * connection)
    this.sides.clear(2 * connection + 1)
  }
}

/** Adds the time for which the window was closed until now. */
function endClosed(values: Float64Array, at: number, timeNs: number): void {
  const closedNs = Math.max(0, timeNs + 1 - values[at + side.CLOSED_SINCE])
  values[at + side.CLOSED_NS] += closedNs
  if (closedNs > values[at + side.LONGEST_CLOSED_NS]) values[at + side.LONGEST_CLOSED_NS] = closedNs
  values[at + side.CLOSED_SINCE] = 0
}
