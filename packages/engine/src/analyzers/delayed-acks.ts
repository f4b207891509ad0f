import type { Analyzer, AnalyzerContext, AnalyzerDefinition, AnalyzerResult } from '../analyzer.ts'
import type { Conclusion } from '../finding.ts'
import type { Flow } from '../flow/flow.ts'
import type { Packet } from '../packet.ts'
import type { Segment } from '../tcp/segment.ts'
import { EVENT_HELD_BACK } from '../tcp/told.ts'
import { delayedAckSection } from './delayed-acks/section.ts'
import {
  addHeldBack,
  type DelayedAckTotals,
  type HeldBack,
  mergeDelayedAcks,
  newDelayedAckTotals,
} from './delayed-acks/totals.ts'
import { concludeIncidents, worstSubjects } from './support/concluding.ts'

const MOST_WAITS = 100
const MOST_HOSTS = 5
const LONG_NS = 1e9

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

/** Memory: at most 100 waits of each connection that has some. */
class DelayedAcks implements Analyzer<DelayedAckTotals> {
  private readonly totals = newDelayedAckTotals()
  /** By 2 · connection + direction: cost and frames of each wait. */
  private readonly waits = new Map<number, number[][]>()
  private readonly leastWaits: number
  readonly on = {
    remarkable: (segment: Segment, packet: Packet) => {
      if (segment.told.has(EVENT_HELD_BACK)) this.note(segment, packet)
    },
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

  private note(segment: Segment, packet: Packet): void {
    const key = 2 * segment.connection + segment.direction
    let waits = this.waits.get(key)
    if (waits === undefined) this.waits.set(key, (waits = []))
    if (waits.length >= MOST_WAITS) return
    const { heldFrame, heldAckFrame, heldTimeNs, heldAckTimeNs } = segment.told
    const costNs = Math.max(0, heldAckTimeNs - heldTimeNs - segment.initialRttNs)
    waits.push([costNs, heldFrame, heldAckFrame, packet.number])
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
