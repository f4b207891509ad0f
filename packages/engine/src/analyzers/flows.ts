import type { Analyzer, AnalyzerDefinition, AnalyzerResult } from '../analyzer.ts'
import type { Conclusion } from '../finding.ts'
import type { Flow } from '../flow/flow.ts'
import type { Section } from '../report.ts'
import { tableOf } from '../tables.ts'
import { framesFilter } from './support/display-filter.ts'
import { addFrame, type EvidenceFrames, mergeEvidence, newEvidence, toEvidence } from './support/evidence-frames.ts'

const MOST_FLOWS = 20
/** Below these a share of bytes says nothing. */
const LEAST_FRAMES = 10
const LEAST_BYTES = 10_000
const ASYMMETRIC_RATIO = 0.3
const ONE_WAY_RATIO = 0.05
const SYMMETRIC_RATIO = 0.8
/** A TCP connection of which so many segments were seen must have been answered. */
const LEAST_ONE_WAY_SEGMENTS = 5
const SYN_ONLY = 1

/** The largest flows with their rates, and traffic of which only one way was captured. */
export const flows: AnalyzerDefinition = {
  id: 'flows',
  title: 'Flows and their symmetry',
  description:
    'Largest flows with duration and rate in each direction, flows by the share of bytes in their smaller direction, and TCP connections of which only one direction was captured.',
  create: () => new Flows(),
}

interface LargeFlow {
  transport: string
  stream: number
  initiator: string
  initiatorPort: number
  responder: string
  responderPort: number
  sentBytes: number
  receivedBytes: number
  durationNs: number
  firstFrame: number
}

interface State {
  flows: number
  oneWayTcp: EvidenceFrames
  oneWayUdp: number
  tcpWithData: number
  /** Of flows large enough to judge. */
  judged: number
  symmetric: number
  asymmetric: number
  nearlyOneWay: number
  largest: LargeFlow[]
}

/** Cost: nothing a packet; texts are made only of flows that are among the largest so far. */
class Flows implements Analyzer<State> {
  private readonly counts: State = {
    flows: 0,
    oneWayTcp: newEvidence(),
    oneWayUdp: 0,
    tcpWithData: 0,
    judged: 0,
    symmetric: 0,
    asymmetric: 0,
    nearlyOneWay: 0,
    largest: [],
  }
  /** Bytes from which on a flow may be among the largest. */
  private leastBytes = 0
  readonly on = { flowEnd: (flow: Flow) => this.flowEnd(flow) }

  state(): State {
    return this.counts
  }

  merge(other: State): void {
    const { counts } = this
    for (const name of [
      'flows',
      'oneWayUdp',
      'tcpWithData',
      'judged',
      'symmetric',
      'asymmetric',
      'nearlyOneWay',
    ] as const)
      counts[name] += other[name]
    mergeEvidence(counts.oneWayTcp, other.oneWayTcp)
    counts.largest.push(...other.largest)
    this.keepLargest()
  }

  finish(): AnalyzerResult {
    this.keepLargest()
    return { section: this.section(), conclusions: this.conclusions() }
  }

  private flowEnd(flow: Flow): void {
    const { counts } = this
    counts.flows++
    const least = Math.min(flow.wireBytes(0), flow.wireBytes(1))
    const total = flow.wireBytes(0) + flow.wireBytes(1)
    const isOneWay = flow.frames(0) === 0 || flow.frames(1) === 0
    if (flow.transport === 'udp') {
      if (isOneWay) counts.oneWayUdp++
    } else if (flow.completeness !== SYN_ONLY && flow.frames(0) + flow.frames(1) >= LEAST_ONE_WAY_SEGMENTS) {
      counts.tcpWithData++
      if (isOneWay) addFrame(counts.oneWayTcp, flow.firstFrame)
    }
    if (total >= LEAST_BYTES && flow.frames(0) + flow.frames(1) >= LEAST_FRAMES) this.judge(least / (total - least))
    if (total < this.leastBytes) return
    this.add(flow)
  }

  /** Judges the bytes of the direction with less by those of the other. */
  private judge(ratio: number): void {
    const { counts } = this
    counts.judged++
    if (ratio < ONE_WAY_RATIO) counts.nearlyOneWay++
    if (ratio < ASYMMETRIC_RATIO) counts.asymmetric++
    else if (ratio >= SYMMETRIC_RATIO) counts.symmetric++
  }

  private add(flow: Flow): void {
    const { initiator } = flow
    this.counts.largest.push({
      transport: flow.transport,
      stream: flow.number,
      initiator: flow.address(initiator),
      initiatorPort: flow.port(initiator),
      responder: flow.address(initiator ^ 1),
      responderPort: flow.port(initiator ^ 1),
      sentBytes: flow.wireBytes(initiator),
      receivedBytes: flow.wireBytes(initiator ^ 1),
      durationNs: Math.max(0, flow.lastTimeNs - flow.firstTimeNs),
      firstFrame: flow.firstFrame,
    })
    if (this.counts.largest.length >= 4 * MOST_FLOWS) this.keepLargest()
  }

  private keepLargest(): void {
    const { largest } = this.counts
    largest.sort(
      (a, b) =>
        bytesOf(b) - bytesOf(a) ||
        a.firstFrame - b.firstFrame ||
        (a.transport < b.transport ? -1 : a.transport > b.transport ? 1 : a.stream - b.stream),
    )
    largest.length = Math.min(largest.length, MOST_FLOWS)
    if (largest.length === MOST_FLOWS) this.leastBytes = bytesOf(largest[MOST_FLOWS - 1])
  }

  private section(): Section {
    const { counts } = this
    return {
      id: flows.id,
      title: flows.title,
      view: null,
      facts: [
        { key: 'flows', label: 'Flows', unit: 'count', value: counts.flows },
        { key: 'oneWayTcp', label: 'TCP connections seen one way only', unit: 'count', value: counts.oneWayTcp.total },
        { key: 'oneWayUdp', label: 'UDP flows without an answer', unit: 'count', value: counts.oneWayUdp },
        { key: 'judged', label: 'Flows large enough to compare directions', unit: 'count', value: counts.judged },
        { key: 'symmetric', label: 'Bytes nearly the same both ways', unit: 'count', value: counts.symmetric },
        { key: 'asymmetric', label: 'Less than 30 % the other way', unit: 'count', value: counts.asymmetric },
        { key: 'nearlyOneWay', label: 'Less than 5 % the other way', unit: 'count', value: counts.nearlyOneWay },
      ],
      tables: [
        tableOf({ key: 'largest', title: 'Largest flows', total: counts.flows }, counts.largest, [
          { key: 'transport', label: 'Transport', unit: 'protocol', value: (flow) => flow.transport },
          { key: 'stream', label: 'Stream', unit: 'stream', value: (flow) => flow.stream },
          { key: 'initiator', label: 'Initiator', unit: 'address', value: (flow) => flow.initiator },
          { key: 'initiatorPort', label: 'Port', unit: 'port', value: (flow) => flow.initiatorPort },
          { key: 'responder', label: 'Responder', unit: 'address', value: (flow) => flow.responder },
          { key: 'responderPort', label: 'Port', unit: 'port', value: (flow) => flow.responderPort },
          { key: 'sentBytes', label: 'Bytes to the responder', unit: 'bytes', value: (flow) => flow.sentBytes },
          { key: 'receivedBytes', label: 'Bytes to the initiator', unit: 'bytes', value: (flow) => flow.receivedBytes },
          { key: 'durationNs', label: 'Duration', unit: 'ns', value: (flow) => flow.durationNs },
          {
            key: 'bitsPerSecond',
            label: 'Mean rate',
            unit: 'bitsPerSecond',
            // below a millisecond a rate is chance
            value: (flow) => (flow.durationNs >= 1e6 ? Math.round((bytesOf(flow) * 8e9) / flow.durationNs) : null),
          },
        ]),
      ],
    }
  }

  /** Bytes differ in every download; packets of one side that are missing altogether are what tells. */
  private conclusions(): Conclusion[] {
    const { oneWayTcp, tcpWithData } = this.counts
    if (oneWayTcp.total === 0) return []
    const both = tcpWithData - oneWayTcp.total
    return [
      {
        kind: 'one-way-connections',
        key: 'one-way-connections',
        severity: 'low',
        confidence: 'high',
        costNs: null,
        evidence: toEvidence(oneWayTcp),
        displayFilter: framesFilter(oneWayTcp.frames),
        view: null,
        values: { connections: oneWayTcp.total, all: tcpWithData },
        hypotheses: [
          { id: 'asymmetric-route', accepted: both > 0, values: { both } },
          { id: 'one-way-capture', accepted: both === 0, values: { both } },
        ],
        needs: [],
      },
    ]
  }
}

function bytesOf(flow: LargeFlow): number {
  return flow.sentBytes + flow.receivedBytes
}
