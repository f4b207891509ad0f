import type { Analyzer, AnalyzerDefinition } from '../analyzer.ts'
import type { Flow } from '../flow/flow.ts'
import type { Section } from '../report.ts'
import { getOrMake, largest } from './support/bounded-map.ts'
import { pairFilter } from './support/display-filter.ts'

/** Pairs told apart; at twice as many, those with fewer bytes are counted together. */
const MOST_PAIRS = 1 << 13
const MOST_ROWS = 20

/** Who talks with whom, and how much: flows, pairs of hosts, hosts. */
export const conversations: AnalyzerDefinition = {
  id: 'conversations',
  title: 'Conversations and top talkers',
  description: 'Hosts and pairs of hosts by bytes of their TCP and UDP flows, and the number of flows.',
  create: () => new Conversations(),
}

interface Pair {
  a: string
  b: string
  flows: number
  framesAToB: number
  bytesAToB: number
  framesBToA: number
  bytesBToA: number
}

interface State {
  tcpFlows: number
  udpFlows: number
  pairs: Map<string, Pair>
  /** Flows of pairs that did not fit any more. */
  flowsBeyond: number
}

class Conversations implements Analyzer<State> {
  private readonly counts: State = { tcpFlows: 0, udpFlows: 0, pairs: new Map(), flowsBeyond: 0 }
  readonly on = { flowEnd: (flow: Flow) => this.flowEnd(flow) }

  state(): State {
    return this.counts
  }

  merge(other: State): void {
    this.counts.tcpFlows += other.tcpFlows
    this.counts.udpFlows += other.udpFlows
    this.counts.flowsBeyond += other.flowsBeyond
    for (const [key, pair] of other.pairs) this.addPair(key, pair)
  }

  finish(): { section: Section } {
    const { counts } = this
    const hosts = hostsOf(counts.pairs)
    return {
      section: {
        id: conversations.id,
        title: conversations.title,
        view: null,
        facts: [
          { key: 'hosts', label: 'Hosts', unit: 'count', value: hosts.size },
          { key: 'pairs', label: 'Pairs of hosts', unit: 'count', value: counts.pairs.size },
          { key: 'tcpFlows', label: 'TCP streams', unit: 'count', value: counts.tcpFlows },
          { key: 'udpFlows', label: 'UDP streams', unit: 'count', value: counts.udpFlows },
          { key: 'flowsBeyond', label: 'Flows not listed by pair', unit: 'count', value: counts.flowsBeyond },
        ],
        tables: [pairTable(counts.pairs), hostTable(hosts)],
      },
    }
  }

  private flowEnd(flow: Flow): void {
    if (flow.transport === 'tcp') this.counts.tcpFlows++
    else this.counts.udpFlows++
    const first = flow.address(0)
    const second = flow.address(1)
    // one key for both orders: the smaller text first
    const direction = first <= second ? 0 : 1
    const [a, b] = direction === 0 ? [first, second] : [second, first]
    this.addPair(`${a} ${b}`, {
      a,
      b,
      flows: 1,
      framesAToB: flow.frames(direction),
      bytesAToB: flow.wireBytes(direction),
      framesBToA: flow.frames(direction ^ 1),
      bytesBToA: flow.wireBytes(direction ^ 1),
    })
  }

  /** Makes room: the half of the pairs with fewer bytes is only counted. O(n log n), once in so many pairs. */
  private dropSmallPairs(): void {
    const { counts } = this
    const kept = largest(counts.pairs, MOST_PAIRS, (pair) => pair.bytesAToB + pair.bytesBToA)
    const flowsBefore = sumOfFlows(counts.pairs.values())
    counts.pairs = new Map(kept)
    counts.flowsBeyond += flowsBefore - sumOfFlows(counts.pairs.values())
  }

  private addPair(key: string, pair: Pair): void {
    const { a, b } = pair
    const sum = getOrMake(this.counts.pairs, key, 2 * MOST_PAIRS, () => ({
      a,
      b,
      flows: 0,
      framesAToB: 0,
      bytesAToB: 0,
      framesBToA: 0,
      bytesBToA: 0,
    }))
    if (sum === null) {
      this.dropSmallPairs()
      this.addPair(key, pair)
      return
    }
    sum.flows += pair.flows
    sum.framesAToB += pair.framesAToB
    sum.bytesAToB += pair.bytesAToB
    sum.framesBToA += pair.framesBToA
    sum.bytesBToA += pair.bytesBToA
  }
}

function sumOfFlows(pairs: Iterable<Pair>): number {
  let flows = 0
  for (const pair of pairs) flows += pair.flows
  return flows
}

interface Host {
  flows: number
  sentFrames: number
  sentBytes: number
  receivedFrames: number
  receivedBytes: number
}

function hostsOf(pairs: Map<string, Pair>): Map<string, Host> {
  const hosts = new Map<string, Host>()
  const add = (name: string, pair: Pair, isA: boolean) => {
    const host = hosts.get(name) ?? { flows: 0, sentFrames: 0, sentBytes: 0, receivedFrames: 0, receivedBytes: 0 }
    host.flows += pair.flows
    host.sentFrames += isA ? pair.framesAToB : pair.framesBToA
    host.sentBytes += isA ? pair.bytesAToB : pair.bytesBToA
    host.receivedFrames += isA ? pair.framesBToA : pair.framesAToB
    host.receivedBytes += isA ? pair.bytesBToA : pair.bytesAToB
    hosts.set(name, host)
  }
  for (const pair of pairs.values()) {
    add(pair.a, pair, true)
    if (pair.b !== pair.a) add(pair.b, pair, false)
  }
  return hosts
}

function pairTable(pairs: Map<string, Pair>): Section['tables'][number] {
  return {
    key: 'pairs',
    title: 'Pairs of hosts by bytes',
    columns: [
      { key: 'a', label: 'Host A', unit: 'address' },
      { key: 'b', label: 'Host B', unit: 'address' },
      { key: 'flows', label: 'Flows', unit: 'count' },
      { key: 'framesAToB', label: 'Frames A to B', unit: 'count' },
      { key: 'bytesAToB', label: 'Bytes A to B', unit: 'bytes' },
      { key: 'framesBToA', label: 'Frames B to A', unit: 'count' },
      { key: 'bytesBToA', label: 'Bytes B to A', unit: 'bytes' },
      { key: 'displayFilter', label: 'Display filter', unit: 'filter' },
    ],
    rows: largest(pairs, MOST_ROWS, (pair) => pair.bytesAToB + pair.bytesBToA).map(([, pair]) => [
      pair.a,
      pair.b,
      pair.flows,
      pair.framesAToB,
      pair.bytesAToB,
      pair.framesBToA,
      pair.bytesBToA,
      pairFilter(pair.a, pair.b),
    ]),
    total: pairs.size,
  }
}

function hostTable(hosts: Map<string, Host>): Section['tables'][number] {
  return {
    key: 'hosts',
    title: 'Hosts by bytes',
    columns: [
      { key: 'host', label: 'Host', unit: 'address' },
      { key: 'flows', label: 'Flows', unit: 'count' },
      { key: 'sentFrames', label: 'Frames sent', unit: 'count' },
      { key: 'sentBytes', label: 'Bytes sent', unit: 'bytes' },
      { key: 'receivedFrames', label: 'Frames received', unit: 'count' },
      { key: 'receivedBytes', label: 'Bytes received', unit: 'bytes' },
    ],
    rows: largest(hosts, MOST_ROWS, (host) => host.sentBytes + host.receivedBytes).map(([name, host]) => [
      name,
      host.flows,
      host.sentFrames,
      host.sentBytes,
      host.receivedFrames,
      host.receivedBytes,
    ]),
    total: hosts.size,
  }
}
