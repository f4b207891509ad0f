import type { Analyzer, AnalyzerContext, AnalyzerDefinition, AnalyzerResult } from '../analyzer.ts'
import type { Flow } from '../flow/flow.ts'
import type { Packet } from '../packet.ts'
import type { HttpResponse } from '../protocols/messages.ts'
import type { Segment } from '../tcp/segment.ts'
import { EVENT_LONG_RTT } from '../tcp/told.ts'
import { queueConclusions } from './rtt/conclusions.ts'
import { LoadedFlow } from './rtt/loaded-flow.ts'
import { addLate, addQueue, type LateResponse, mergeQueues, newQueueTotals } from './rtt/queues.ts'
import { rttSection } from './rtt/section.ts'
import type { RttTotals } from './rtt/totals.ts'
import { getOrMake } from './support/bounded-map.ts'
import { ByConnection } from './support/by-connection.ts'
import { addDuration, coreHistogram, mergeHistogram, newHistogram } from './support/duration-histogram.ts'

const MOST_RESPONDERS = 1 << 12
/** A queue is told from an accident by so many long round trips, and from late acknowledgments by so much in flight. */
const LEAST_SAMPLES = 20
const LEAST_IN_FLIGHT = 14_600
/** Round trips that grow with the load, or that a standing queue keeps long. */
const LEAST_CORRELATION = 0.5
const STANDING_SPREAD = 0.1
const MOST_LATE = 100

/** Round-trip times: of handshakes, and of data by Karn's rule, by responder; and how they grow under load. */
export const rtt: AnalyzerDefinition = {
  id: 'rtt',
  title: 'Round-trip time',
  description:
    'Initial RTT of handshakes and RTT of acknowledged data, the latter without segments that were sent twice (Karn), by responder; queues on the way that fill under load.',
  settings: {
    queueNs: {
      unit: 'ns',
      default: 100e6,
      least: 1e6,
      most: 60e9,
      description:
        'Data whose round trip takes this much longer than the handshake of its connection may wait in a queue.',
    },
  },
  create: (context) => new Rtt(context),
}

/** Cost: a comparison a round trip; flows are remembered only once a round trip was long. */
class Rtt implements Analyzer<RttTotals> {
  private readonly times: RttTotals = {
    initial: newHistogram(),
    data: newHistogram(),
    responders: new Map(),
    queues: newQueueTotals(),
  }
  private readonly context: AnalyzerContext
  private readonly queueNs: number
  private hasRoundTrips = false
  /** By 2 · connection + direction of the acknowledgments. */
  private readonly loaded = new ByConnection<LoadedFlow>()
  /** By TCP stream, until its flow ends and tells who the client was. */
  private readonly late = new Map<number, Omit<LateResponse, 'client'>[]>()
  readonly on = {
    remarkable: (segment: Segment, packet: Packet) => {
      if (segment.told.has(EVENT_LONG_RTT)) this.underLoad(segment, packet)
    },
    httpResponse: (response: HttpResponse) => this.response(response),
    flowEnd: (flow: Flow) => this.flowEnd(flow),
  }

  constructor(context: AnalyzerContext) {
    this.context = context
    this.queueNs = context.setting('queueNs')
  }

  state(): RttTotals {
    this.takeRoundTrips()
    return this.times
  }

  merge(other: RttTotals): void {
    mergeHistogram(this.times.initial, other.initial)
    mergeHistogram(this.times.data, other.data)
    for (const [responder, histogram] of other.responders) {
      const own = getOrMake(this.times.responders, responder, MOST_RESPONDERS, newHistogram)
      if (own !== null) mergeHistogram(own, histogram)
    }
    mergeQueues(this.times.queues, other.queues)
  }

  finish(): AnalyzerResult {
    this.takeRoundTrips()
    const isFiltered = this.context.latencyNs !== null
    return { section: rttSection(rtt, this.times, isFiltered), conclusions: queueConclusions(this.times.queues) }
  }

  /** The core counts the round trips of data, in all of its run; taken once, when that is over. */
  private takeRoundTrips(): void {
    if (this.hasRoundTrips) return
    this.hasRoundTrips = true
    mergeHistogram(this.times.data, coreHistogram(this.context.observations))
  }

  /** A round trip far longer than the handshake. */
  private underLoad(segment: Segment, packet: Packet): void {
    const { initialRttNs, rttNs } = segment
    const key = 2 * segment.connection + segment.direction
    let flow = this.loaded.get(key)
    if (flow === undefined) this.loaded.set(key, (flow = new LoadedFlow(initialRttNs)))
    flow.add(packet.timeNs, segment.relativeAcknowledgment, rttNs, packet.number)
  }

  private response({ stream, frame, request, serverDelayNs }: HttpResponse): void {
    if (request === null || stream < 0 || serverDelayNs < this.queueNs) return
    const response = { frame, requestNs: request.lastTimeNs, delayNs: serverDelayNs }
    const known = this.late.get(stream)
    if (known === undefined) this.late.set(stream, [response])
    else if (known.length < MOST_LATE) known.push(response)
  }

  private flowEnd(flow: Flow): void {
    if (flow.transport !== 'tcp') return
    const { initialRttNs } = flow
    if (this.loaded.size > 0) this.endLoad(flow)
    if (this.late.size > 0) this.endLate(flow)
    if (initialRttNs <= 0) return
    addDuration(this.times.initial, initialRttNs)
    if (this.context.latencyNs !== null && initialRttNs < this.context.latencyNs) return
    const responder = flow.address(flow.initiator ^ 1)
    const histogram = getOrMake(this.times.responders, responder, MOST_RESPONDERS, newHistogram)
    if (histogram !== null) addDuration(histogram, initialRttNs)
  }

  private endLate(flow: Flow): void {
    const late = this.late.get(flow.number)
    if (late === undefined) return
    this.late.delete(flow.number)
    const client = flow.address(flow.initiator)
    addLate(
      this.times.queues,
      late.map((response) => ({ ...response, client })),
    )
  }

  private endLoad(flow: Flow): void {
    for (let direction = 0; direction < 2; direction++) {
      const load = this.loaded.take(2 * flow.connection + direction)
      if (load === undefined || !isQueue(load)) continue
      const { pairs, samples, baseNs, longestNs, mostInFlight, fromNs, toNs, frames } = load
      addQueue(
        this.times.queues,
        flow.address(direction ^ 1),
        {
          receiver: flow.address(direction),
          firstFrame: flow.firstFrame,
          baseNs,
          longestNs,
          meanNs: Math.round(load.sumNs / samples),
          samples,
          mostInFlight,
          meanInFlight: Math.round(load.sumInFlight / pairs.count),
          bitsPerSecond: Math.round(load.bitsPerSecond),
          correlation: Math.round(pairs.correlation * 100) / 100,
        },
        { fromNs, toNs, longestNs },
        { frames, total: samples },
      )
    }
  }
}

/** True when the round trips were long because of what was in flight. */
function isQueue({ samples, pairs, sumInFlight }: LoadedFlow): boolean {
  if (samples < LEAST_SAMPLES || pairs.count < LEAST_SAMPLES) return false
  if (sumInFlight < LEAST_IN_FLIGHT * pairs.count) return false
  return pairs.correlation >= LEAST_CORRELATION || pairs.spread <= STANDING_SPREAD
}
