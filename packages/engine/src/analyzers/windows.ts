import type { Analyzer, AnalyzerContext, AnalyzerDefinition, AnalyzerResult } from '../analyzer.ts'
import type { Flow } from '../flow/flow.ts'
import type { Packet } from '../packet.ts'
import type { Segment } from '../tcp/segment.ts'
import { EVENT_WINDOW_CLOSED, EVENT_WINDOW_OPENED } from '../tcp/told.ts'
import { ByConnection } from './support/by-connection.ts'
import { windowConclusions } from './windows/conclusions.ts'
import { judgeReceiver } from './windows/judge.ts'
import { windowSection } from './windows/section.ts'
import { MOST_CLOSED_FRAMES, WindowSide } from './windows/side.ts'
import { mergeWindowTotals, newWindowTotals, type WindowTotals } from './windows/totals.ts'

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

/** Frames of a window that was never closed. */
const NONE: readonly number[] = []

/** The core follows the windows; what is remembered here are frames of windows that closed. */
class Windows implements Analyzer<WindowTotals> {
  private readonly totals = newWindowTotals()
  private readonly context: AnalyzerContext
  /** By 2 · connection + direction of the receiver: frames in which its window closed and opened again. */
  private readonly closedFrames = new ByConnection<number[]>()
  readonly on = {
    remarkable: (segment: Segment, packet: Packet) => {
      const { told } = segment
      if (told.has(EVENT_WINDOW_CLOSED) || told.has(EVENT_WINDOW_OPENED)) this.note(segment, packet)
    },
    flowEnd: (flow: Flow) => this.flowEnd(flow),
  }

  private readonly bulkBytes: number
  private readonly one = new WindowSide()
  private readonly other = new WindowSide()

  constructor(context: AnalyzerContext) {
    this.context = context
    this.bulkBytes = context.setting('bulkBytes')
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

  private note({ connection, direction }: Segment, { number }: Packet): void {
    const own = 2 * connection + direction
    const frames = this.closedFrames.get(own)
    if (frames === undefined) this.closedFrames.set(own, [number])
    else if (frames.length < MOST_CLOSED_FRAMES) frames.push(number)
  }

  private flowEnd(flow: Flow): void {
    if (flow.transport !== 'tcp') return
    const { connection, lastTimeNs } = flow
    const { observations } = this.context
    const { one, other } = this
    if (!one.read(observations, connection, 0, lastTimeNs) || !other.read(observations, connection, 1, lastTimeNs))
      return
    this.judge(flow, 0, one, other)
    this.judge(flow, 1, other, one)
  }

  private judge(flow: Flow, direction: number, receiver: WindowSide, sender: WindowSide): void {
    const key = 2 * flow.connection + direction
    judgeReceiver(this.totals, flow, direction, receiver, sender, this.closedFrames.take(key) ?? NONE, this.bulkBytes)
  }
}
