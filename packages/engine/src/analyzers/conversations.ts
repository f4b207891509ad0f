import type { Analyzer, AnalyzerDefinition } from '../analyzer.ts'
import type { Flow } from '../flow/flow.ts'
import type { Section, Table } from '../report.ts'
import { MOST_ROWS, tableOf } from '../tables.ts'
import { addFlow, byBytes, mergePairs, newPairs, type Pair, type PairTotals, pairsOf } from './conversations/pairs.ts'
import { first, largest } from './support/bounded-map.ts'
import { pairFilter } from './support/display-filter.ts'

/** Who talks with whom, and how much: flows, pairs of hosts, hosts. */
export const conversations: AnalyzerDefinition = {
  id: 'conversations',
  title: 'Conversations and top talkers',
  description: 'Hosts and pairs of hosts by bytes of their TCP and UDP flows, and the number of flows.',
  create: () => new Conversations(),
}

interface State {
  tcpFlows: number
  udpFlows: number
  pairs: PairTotals
}

class Conversations implements Analyzer<State> {
  private readonly counts: State = { tcpFlows: 0, udpFlows: 0, pairs: newPairs() }
  readonly on = { flowEnd: (flow: Flow) => this.flowEnd(flow) }

  state(): State {
    return this.counts
  }

  merge(other: State): void {
    this.counts.tcpFlows += other.tcpFlows
    this.counts.udpFlows += other.udpFlows
    mergePairs(this.counts.pairs, other.pairs)
  }

  finish(): { section: Section } {
    const { counts } = this
    const pairs = pairsOf(counts.pairs)
    const hosts = hostsOf(pairs)
    return {
      section: {
        id: conversations.id,
        title: conversations.title,
        view: null,
        facts: [
          { key: 'hosts', label: 'Hosts', unit: 'count', value: hosts.size },
          { key: 'pairs', label: 'Pairs of hosts', unit: 'count', value: pairs.length },
          { key: 'tcpFlows', label: 'TCP streams', unit: 'count', value: counts.tcpFlows },
          { key: 'udpFlows', label: 'UDP streams', unit: 'count', value: counts.udpFlows },
          { key: 'flowsBeyond', label: 'Flows not listed by pair', unit: 'count', value: counts.pairs.flowsBeyond },
        ],
        tables: [pairTable(pairs), hostTable(hosts)],
      },
    }
  }

  private flowEnd(flow: Flow): void {
    if (flow.transport === 'tcp') this.counts.tcpFlows++
    else this.counts.udpFlows++
    addFlow(this.counts.pairs, flow)
  }
}

interface Host {
  flows: number
  sentFrames: number
  sentBytes: number
  receivedFrames: number
  receivedBytes: number
}

function newHost(): Host {
  return { flows: 0, sentFrames: 0, sentBytes: 0, receivedFrames: 0, receivedBytes: 0 }
}

function hostsOf(pairs: readonly Pair[]): Map<string, Host> {
  const hosts = new Map<string, Host>()
  const add = (name: string, pair: Pair, isA: boolean) => {
    let host = hosts.get(name)
    if (host === undefined) hosts.set(name, (host = newHost()))
    host.flows += pair.flows
    host.sentFrames += isA ? pair.framesAToB : pair.framesBToA
    host.sentBytes += isA ? pair.bytesAToB : pair.bytesBToA
    host.receivedFrames += isA ? pair.framesBToA : pair.framesAToB
    host.receivedBytes += isA ? pair.bytesBToA : pair.bytesAToB
  }
  for (const pair of pairs) {
    add(pair.a, pair, true)
    if (pair.b !== pair.a) add(pair.b, pair, false)
  }
  return hosts
}

function pairTable(pairs: readonly Pair[]): Table {
  return tableOf(
    { key: 'pairs', title: 'Pairs of hosts by bytes', total: pairs.length },
    first(pairs, MOST_ROWS, byBytes),
    [
      { key: 'a', label: 'Host A', unit: 'address', value: (pair) => pair.a },
      { key: 'b', label: 'Host B', unit: 'address', value: (pair) => pair.b },
      { key: 'flows', label: 'Flows', unit: 'count', value: (pair) => pair.flows },
      { key: 'framesAToB', label: 'Frames A to B', unit: 'count', value: (pair) => pair.framesAToB },
      { key: 'bytesAToB', label: 'Bytes A to B', unit: 'bytes', value: (pair) => pair.bytesAToB },
      { key: 'framesBToA', label: 'Frames B to A', unit: 'count', value: (pair) => pair.framesBToA },
      { key: 'bytesBToA', label: 'Bytes B to A', unit: 'bytes', value: (pair) => pair.bytesBToA },
      { key: 'displayFilter', label: 'Display filter', unit: 'filter', value: (pair) => pairFilter(pair.a, pair.b) },
    ],
  )
}

function hostTable(hosts: Map<string, Host>): Table {
  return tableOf(
    { key: 'hosts', title: 'Hosts by bytes', total: hosts.size },
    largest(hosts, MOST_ROWS, (host) => host.sentBytes + host.receivedBytes),
    [
      { key: 'host', label: 'Host', unit: 'address', value: ([name]) => name },
      { key: 'flows', label: 'Flows', unit: 'count', value: ([, host]) => host.flows },
      { key: 'sentFrames', label: 'Frames sent', unit: 'count', value: ([, host]) => host.sentFrames },
      { key: 'sentBytes', label: 'Bytes sent', unit: 'bytes', value: ([, host]) => host.sentBytes },
      { key: 'receivedFrames', label: 'Frames received', unit: 'count', value: ([, host]) => host.receivedFrames },
      { key: 'receivedBytes', label: 'Bytes received', unit: 'bytes', value: ([, host]) => host.receivedBytes },
    ],
  )
}
