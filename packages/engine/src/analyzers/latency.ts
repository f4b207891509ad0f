import type { Analyzer, AnalyzerContext, AnalyzerDefinition, AnalyzerResult } from '../analyzer.ts'
import type { Flow } from '../flow/flow.ts'
import type { DnsMessageEvent, HttpRequest } from '../protocols/messages.ts'
import type { TlsClientHello, TlsServerHello } from '../protocols/tls/messages.ts'
import { rowOf } from '../tables.ts'
import type { Segment } from '../tcp/segment.ts'
import { EVENT_EXCHANGE } from '../tcp/told.ts'
import { latencyConclusions } from './latency/conclusions.ts'
import { linkResolutions } from './latency/link-resolutions.ts'
import {
  CLIENT_THINK,
  CONNECT,
  PATH,
  REQUEST,
  RETRANSMISSION,
  SERVER,
  TLS,
  TRANSFER,
  ZERO_WINDOW,
} from './latency/parts.ts'
import * as r from './latency/record.ts'
import { latencySection, transactionColumns } from './latency/section.ts'
import {
  addBudgets,
  addOpening,
  addResolutions,
  addTimes,
  addTransaction,
  type LatencyTotals,
  mergeLatency,
  newLatencyTotals,
  slowServerOf,
} from './latency/totals.ts'
import { savedByWindow } from './latency/what-if.ts'
import { ByConnection } from './support/by-connection.ts'
import { addIncident } from './support/concluding.ts'

const TLS_1_3 = 0x0304
const ZERO = 0x30
const NINE = 0x39
const LONGEST_LABEL = 200
/** A server that says nothing for longer than this has nothing to say. */
const LONGEST_THOUGHT_NS = 120e9
/** Servers on these ports answer when people do something. */
const INTERACTIVE_PORTS: readonly number[] = [22, 23, 3389, 5900]

/** Where the time went: each request and its response as a budget of parts that sum to the whole. */
export const latency: AnalyzerDefinition = {
  id: 'latency',
  title: 'Where the time went',
  description:
    'Requests and responses of any TCP protocol, each split into DNS, connecting, TLS, the client, the request, the round trip, the server, the transfer, and waits for lost segments and closed windows; by server, with what would change it. The DNS part of a listed transaction is the answer that its connection waited for; in those of servers and hosts it is that of the answers their first 32 connections waited for, in the whole that of all answers, whoever waited.',
  settings: {
    slowServerNs: {
      unit: 'ns',
      default: 1e9,
      least: 1e6,
      most: 3600e9,
      description: 'A server that thinks this long about a request is slow.',
    },
  },
  create: (context) => new Latency(context),
}

/** The core follows exchanges; here come those that are worth telling, and the sums when a connection ends. */
class Latency implements Analyzer<LatencyTotals> {
  private readonly totals = newLatencyTotals()
  private readonly labels = new ByConnection<string>()
  private readonly context: AnalyzerContext
  private readonly slowNs: number
  /** Transactions that took less are not among the slowest. */
  private leastListedNs = 0
  readonly on = {
    remarkable: (segment: Segment) => {
      if (segment.told.has(EVENT_EXCHANGE)) this.tell(segment.told.exchangeAt, segment.flow)
    },
    dns: (message: DnsMessageEvent) => this.dns(message),
    httpRequest: (request: HttpRequest) => this.http(request),
    tlsClientHello: ({ hello }: TlsClientHello) => this.clientHello(hello.sni),
    tlsServerHello: ({ hello }: TlsServerHello) => this.serverHello(hello.version),
    flowEnd: (flow: Flow) => this.flowEnd(flow),
  }

  constructor(context: AnalyzerContext) {
    this.context = context
    this.slowNs = context.setting('slowServerNs')
  }

  state(): LatencyTotals {
    return this.totals
  }

  merge(other: LatencyTotals): void {
    mergeLatency(this.totals, other)
  }

  finish(): AnalyzerResult {
    linkResolutions(this.totals)
    return { section: latencySection(latency, this.totals), conclusions: latencyConclusions(this.totals) }
  }

  private http(request: HttpRequest): void {
    if (request.stream < 0) return
    const { connection } = this.context.current
    const { observations } = this.context
    const at = observations.exchangeAt(connection)
    if (at !== 0) observations.words[at + r.HAS_HTTP] = 1
    this.labels.set(connection, `${request.method} ${request.host ?? ''}${request.uri}`.slice(0, LONGEST_LABEL))
  }

  /** What the client sent so far belongs to the handshake. */
  private clientHello(name: string | null): void {
    const { connection } = this.context.current
    const { observations } = this.context
    const at = observations.exchangeAt(connection)
    if (at === 0) return
    const partsAt = (at >> 1) + r.PARTS
    const { words, doubles } = observations
    words[at + r.TLS_TURNS] = 1
    doubles[partsAt + TLS] += doubles[partsAt + REQUEST]
    doubles[partsAt + REQUEST] = 0
    if (name !== null) this.labels.set(connection, name.slice(0, LONGEST_LABEL))
  }

  /** Before TLS 1.3 a handshake takes two turns; a resumed one takes less, and its second turn then counts as a request. */
  private serverHello(version: number | null): void {
    const { observations, current } = this.context
    const at = observations.exchangeAt(current.connection)
    if (at !== 0 && observations.words[at + r.TLS_TURNS] > 0)
      observations.words[at + r.TLS_TURNS] = version === TLS_1_3 ? 1 : 2
  }

  private dns(message: DnsMessageEvent): void {
    if (message.responseTo === 0 || message.isRetransmission || message.family !== 'dns') return
    this.totals.dnsTransactions++
    this.totals.dnsNs += Math.max(0, message.latencyNs)
    if (message.transport !== 'udp' || message.answers.length === 0) return
    const client = this.context.flow(this.context.current.flow).address(this.context.current.direction ^ 1)
    const { frame, timeNs, latencyNs } = message
    const queryNs = timeNs - latencyNs
    addResolutions(this.totals, client, message.answers.filter(isAddress), frame, queryNs, timeNs)
  }

  /** Adds the exchange that stands at `at` to the list if it is among the slowest, and to those of a slow server. */
  private tell(at: number, flowIndex: number): void {
    const { words, doubles } = this.context.observations
    const doublesAt = at >> 1
    const partsAt = doublesAt + r.PARTS
    const waitedNs = doubles[doublesAt + r.CURSOR] - doubles[doublesAt + r.BEGIN] - doubles[partsAt + CLIENT_THINK]
    const thoughtNs = doubles[partsAt + SERVER]
    const isSlow = thoughtNs >= this.slowNs && thoughtNs < LONGEST_THOUGHT_NS && words[at + r.HAS_HTTP] === 0
    const { takeRow } = this.context
    if (!isSlow && waitedNs < this.leastListedNs && takeRow === undefined) return
    const times = Array.from(doubles.subarray(partsAt, doublesAt + r.SUMS))
    const flow = this.context.flow(flowIndex)
    const server = (words[at + r.CLIENT] - 1) ^ 1
    if (isSlow && !INTERACTIVE_PORTS.includes(flow.port(server))) this.addSlow(at, times, flow, server)
    if (waitedNs < this.leastListedNs && takeRow === undefined) return
    const transaction = {
      stream: flow.number,
      client: flow.address(server ^ 1),
      server: flow.address(server),
      serverPort: flow.port(server),
      label: this.labels.get(flow.connection) ?? '',
      beginNs: doubles[doublesAt + r.BEGIN],
      beginFrame: words[at + r.BEGIN_FRAME],
      connectedFrame: words[at + r.CONNECTED_FRAME],
      requestFrame: words[at + r.REQUEST_FRAME],
      requestEndFrame: words[at + r.REQUEST_END_FRAME],
      firstByteFrame: words[at + r.FIRST_BYTE_FRAME],
      lastByteFrame: words[at + r.LAST_BYTE_FRAME],
      times,
      dnsFrame: 0,
    }
    takeRow?.(rowOf(transactionColumns, transaction))
    if (waitedNs < this.leastListedNs) return
    const least = addTransaction(this.totals, transaction)
    if (least === null) return
    this.leastListedNs = least
    // a list of all of them needs to hear of all
    if (takeRow === undefined) this.context.observations.listFrom(least)
  }

  private addSlow(at: number, times: readonly number[], flow: Flow, server: number): void {
    const { words } = this.context.observations
    const slow = slowServerOf(this.totals, `${flow.address(server)} ${flow.port(server)}`)
    if (slow === null) return
    const firstByteFrame = words[at + r.FIRST_BYTE_FRAME]
    slow.shortestNs = Math.min(slow.shortestNs, times[SERVER])
    addIncident(slow, times[SERVER], words[at + r.REQUEST_END_FRAME] || firstByteFrame, firstByteFrame)
    slow.pathNs += times[PATH]
    slow.retransmissionNs += times[RETRANSMISSION]
    slow.zeroWindowNs += times[ZERO_WINDOW]
  }

  private flowEnd(flow: Flow): void {
    if (flow.transport !== 'tcp') return
    const { connection } = flow
    const { observations, current } = this.context
    if (observations.endExchange(connection)) this.tell(current.told.exchangeAt, flow.index)
    this.labels.take(connection)
    const at = observations.exchangeAt(connection)
    if (at !== 0 && observations.words[at + r.EXCHANGES] > 0) this.addSums(flow, at)
  }

  private addSums(flow: Flow, at: number): void {
    const { totals } = this
    const { words, doubles } = this.context.observations
    const sumsAt = (at >> 1) + r.SUMS
    totals.transactions += words[at + r.EXCHANGES]
    addTimes(totals.times, doubles, sumsAt)
    totals.savedByRttNs += doubles[(at >> 1) + r.SAVED_BY_RTT]
    const server = (words[at + r.CLIENT] - 1) ^ 1
    totals.savedByWindowNs +=
      savedByWindow(this.context.observations, flow.connection, server, doubles[sumsAt + TRANSFER]) +
      savedByWindow(this.context.observations, flow.connection, server ^ 1, doubles[sumsAt + REQUEST])
    const client = flow.address(server ^ 1)
    const service = `${flow.address(server)} ${flow.port(server)}`
    if (doubles[sumsAt + CONNECT] > 0) addOpening(totals, `${client} ${service}`, flow.firstTimeNs)
    addBudgets(totals, client, flow.address(server), service, words[at + r.EXCHANGES], doubles, sumsAt)
  }
}

/** True for the text of an address, not of a name: no top-level domain ends with a digit. */
function isAddress(text: string): boolean {
  const last = text.charCodeAt(text.length - 1)
  return (last >= ZERO && last <= NINE) || text.includes(':')
}
