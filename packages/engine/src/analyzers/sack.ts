import type { Analyzer, AnalyzerContext, AnalyzerDefinition, AnalyzerResult } from '../analyzer.ts'
import type { Conclusion } from '../finding.ts'
import type { Flow } from '../flow/flow.ts'
import type { Packet } from '../packet.ts'
import type { Section } from '../report.ts'
import { tableOf } from '../tables.ts'
import type { Segment } from '../tcp/segment.ts'
import { getOrMake } from './support/bounded-map.ts'
import {
  addIncident,
  concludeIncidents,
  type Incidents,
  mergeIncidents,
  newIncidents,
  worstSubjects,
} from './support/concluding.ts'

const MOST_SENDERS = 1 << 12
const MOST_FLOWS = 20
const MOST_FINDINGS = 5
const MANY_DSACKS = 10

/** Selective acknowledgments: how much they report, and duplicates that senders sent needlessly. */
export const sack: AnalyzerDefinition = {
  id: 'sack',
  title: 'Selective acknowledgments',
  description:
    'Segments with SACK blocks (RFC 2018), bytes they report, connections that use them, and DSACKs (RFC 2883): data that was sent again needlessly.',
  create: (context) => new Sack(context),
}

/** Of one connection; most have none. */
interface FlowSacks {
  stream: number
  sacks: number
  dsacks: number
  sackedBytes: number
  firstFrame: number
}

interface State {
  sackSegments: number
  blocks: number
  sackedBytes: number
  dsacks: number
  flows: number
  flowsWithDsack: number
  connections: number
  top: FlowSacks[]
  /** By address of the side that sent needlessly. */
  needless: Map<string, Incidents>
}

class Sack implements Analyzer<State> {
  private readonly counts: State = {
    sackSegments: 0,
    blocks: 0,
    sackedBytes: 0,
    dsacks: 0,
    flows: 0,
    flowsWithDsack: 0,
    connections: 0,
    top: [],
    needless: new Map(),
  }
  private readonly open = new Map<number, FlowSacks>()
  private readonly context: AnalyzerContext
  readonly on = {
    remarkable: (segment: Segment, packet: Packet) => {
      if (segment.sackBlocks > 0) this.segment(segment, packet)
    },
    flowEnd: (flow: Flow) => this.flowEnd(flow),
  }

  constructor(context: AnalyzerContext) {
    this.context = context
  }

  state(): State {
    return this.counts
  }

  merge(other: State): void {
    const { counts } = this
    for (const name of [
      'sackSegments',
      'blocks',
      'sackedBytes',
      'dsacks',
      'flows',
      'flowsWithDsack',
      'connections',
    ] as const)
      counts[name] += other[name]
    counts.top.push(...other.top)
    keepTop(counts)
    for (const [host, incidents] of other.needless) {
      const own = getOrMake(counts.needless, host, MOST_SENDERS, newIncidents)
      if (own !== null) mergeIncidents(own, incidents)
    }
  }

  finish(): AnalyzerResult {
    return { section: this.section(), conclusions: this.conclusions() }
  }

  private segment(segment: Segment, packet: Packet): void {
    const { counts } = this
    const { sackEdges, sackBlocks, isDsack } = segment
    let bytes = 0
    // the first block of a DSACK is what came twice, not what is missing
    for (let block = isDsack ? 1 : 0; block < sackBlocks; block++)
      bytes += (sackEdges[2 * block + 1] - sackEdges[2 * block]) >>> 0
    counts.sackSegments++
    counts.blocks += sackBlocks
    counts.sackedBytes += bytes
    let flow = this.open.get(segment.connection)
    if (flow === undefined) {
      flow = { stream: segment.stream, sacks: 0, dsacks: 0, sackedBytes: 0, firstFrame: packet.number }
      this.open.set(segment.connection, flow)
    }
    flow.sacks++
    flow.sackedBytes += bytes
    if (!isDsack) return
    counts.dsacks++
    flow.dsacks++
    const sender = this.context.flow(segment.flow).address(segment.direction ^ 1)
    const incidents = getOrMake(counts.needless, sender, MOST_SENDERS, newIncidents)
    if (incidents !== null) addIncident(incidents, 0, packet.number)
  }

  private flowEnd(flow: Flow): void {
    if (flow.transport !== 'tcp') return
    this.counts.connections++
    const sacks = this.open.get(flow.connection)
    if (sacks === undefined) return
    this.open.delete(flow.connection)
    this.counts.flows++
    if (sacks.dsacks > 0) this.counts.flowsWithDsack++
    this.counts.top.push(sacks)
    if (this.counts.top.length > 8 * MOST_FLOWS) keepTop(this.counts)
  }

  private section(): Section {
    const { counts } = this
    keepTop(counts)
    return {
      id: sack.id,
      title: sack.title,
      view: 'ours',
      facts: [
        { key: 'sackSegments', label: 'Segments with SACK blocks', unit: 'count', value: counts.sackSegments },
        { key: 'blocks', label: 'Blocks in them', unit: 'count', value: counts.blocks },
        { key: 'sackedBytes', label: 'Bytes they report, repeats included', unit: 'bytes', value: counts.sackedBytes },
        { key: 'dsacks', label: 'DSACKs', unit: 'count', value: counts.dsacks },
        { key: 'flows', label: 'Connections with SACK blocks', unit: 'count', value: counts.flows },
        { key: 'flowsWithDsack', label: 'Of these with DSACKs', unit: 'count', value: counts.flowsWithDsack },
        { key: 'connections', label: 'Connections', unit: 'count', value: counts.connections },
      ],
      tables: [
        tableOf({ key: 'flows', title: 'Connections with most SACKs', total: counts.flows }, counts.top, [
          { key: 'stream', label: 'Stream', unit: 'stream', value: (flow) => flow.stream },
          { key: 'firstFrame', label: 'First frame with SACK', unit: 'frame', value: (flow) => flow.firstFrame },
          { key: 'sacks', label: 'Segments with SACK', unit: 'count', value: (flow) => flow.sacks },
          { key: 'dsacks', label: 'DSACKs', unit: 'count', value: (flow) => flow.dsacks },
          { key: 'sackedBytes', label: 'Bytes reported', unit: 'bytes', value: (flow) => flow.sackedBytes },
        ]),
      ],
    }
  }

  private conclusions(): Conclusion[] {
    const { needless, dsacks } = this.counts
    return worstSubjects(needless, MOST_FINDINGS)
      .filter(([, { count }]) => count >= MANY_DSACKS)
      .map(([host, incidents]) => ({
        ...concludeIncidents('tcp-needless-resends', host, incidents, 'low'),
        values: { host, dsacks: incidents.count },
        hypotheses: [
          { id: 'too-eager', accepted: true, values: { dsacks: incidents.count } },
          { id: 'lost', accepted: false, values: { dsacks: incidents.count, all: dsacks } },
        ],
        needs: ['both-directions'],
      }))
  }
}

function keepTop(counts: State): void {
  counts.top.sort((a, b) => b.sacks - a.sacks || a.firstFrame - b.firstFrame || a.stream - b.stream)
  counts.top.length = Math.min(counts.top.length, MOST_FLOWS)
}
