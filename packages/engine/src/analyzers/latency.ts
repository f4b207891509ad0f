import type { Analyzer, AnalyzerContext, AnalyzerDefinition, AnalyzerResult } from '../analyzer.ts'
import type { Flow } from '../flow/flow.ts'
import type { Packet } from '../packet.ts'
import type { DnsMessageEvent, HttpRequest } from '../protocols/messages.ts'
import type { TlsClientHello, TlsServerHello } from '../protocols/tls/messages.ts'
import type { Segment } from '../tcp/segment.ts'
import { latencyConclusions } from './latency/conclusions.ts'
import * as follow from './latency/follow.ts'
import { linkResolutions } from './latency/link-resolutions.ts'
import { CLIENT_THINK, PATH, parts, RETRANSMISSION, SERVER, ZERO_WINDOW } from './latency/parts.ts'
import * as r from './latency/record.ts'
import { latencySection, transactionRow } from './latency/section.ts'
import {
  addResolution,
  addServer,
  addTimes,
  addTransaction,
  type LatencyTotals,
  mergeLatency,
  newLatencyTotals,
  slowServerOf,
  type Transaction,
} from './latency/totals.ts'
import { LESS_RTT_NS } from './latency/what-if.ts'
import { addIncident } from './support/concluding.ts'
import { IndexedRecords } from './support/indexed-records.ts'

const TLS_1_3 = 0x0304
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
    'Requests and responses of any TCP protocol, each split into DNS, connecting, TLS, the client, the request, the round trip, the server, the transfer, and waits for lost segments and closed windows; by server, with what would change it. The DNS part of a listed transaction is the answer that its connection waited for; in the sums it is that of all answers, whoever waited.',
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

/** Memory: 340 bytes a connection. */
class Latency implements Analyzer<LatencyTotals> {
  private readonly totals = newLatencyTotals()
  private readonly records = new IndexedRecords(r.RECORD_WIDTH)
  private readonly labels = new Map<number, string>()
  private readonly context: AnalyzerContext
  private readonly slowNs: number
  /** Flow and connection of the last segment, and flow of the last datagram: messages are told right behind them. */
  private flow = 0
  private connection = 0
  private datagramFlow = 0
  private datagramDirection = 0
  /** Transactions that took less are not among the slowest. */
  private leastListedNs = 0
  readonly on = {
    segment: (segment: Segment, packet: Packet) => this.segment(segment, packet),
    datagram: (_: Packet, flow: number, direction: number) => {
      this.datagramFlow = flow
      this.datagramDirection = direction
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

  private segment(segment: Segment, packet: Packet): void {
    const { connection } = segment
    this.connection = connection
    this.flow = segment.flow
    const isData = follow.isNewData(segment)
    const at = this.records.at(connection)
    const { values } = this.records
    if (!isData && !segment.isRemarkable && values[at + r.STATE] !== r.SYN_ANSWERED) return
    const fromClient = segment.direction === this.clientOf(segment, at)
    if (segment.isRemarkable) follow.followStalls(segment, packet, values, at)
    if (values[at + r.STATE] < r.CONNECTED) follow.followHandshake(segment, packet, fromClient, values, at)
    if (!isData) return
    if (!fromClient) follow.followResponse(segment, packet, values, at)
    else if (follow.followRequest(segment, packet, values, at) === follow.ENDS_TRANSACTION) {
      this.endTransaction(at)
      follow.beginRequest(packet, values, at)
    }
  }

  private clientOf(segment: Segment, at: number): number {
    const { values } = this.records
    if (values[at + r.CLIENT] === 0) values[at + r.CLIENT] = this.context.flow(segment.flow).initiator + 1
    return values[at + r.CLIENT] - 1
  }

  private http(request: HttpRequest): void {
    if (request.stream < 0) return
    const at = this.records.at(this.connection)
    this.records.values[at + r.HAS_HTTP] = 1
    this.labels.set(this.connection, `${request.method} ${request.host ?? ''}${request.uri}`.slice(0, LONGEST_LABEL))
  }

  private clientHello(name: string | null): void {
    const at = this.records.at(this.connection)
    follow.beginTls(this.records.values, at)
    if (name !== null) this.labels.set(this.connection, name.slice(0, LONGEST_LABEL))
  }

  /** Before TLS 1.3 a handshake takes two turns; a resumed one takes less, and its second turn then counts as a request. */
  private serverHello(version: number | null): void {
    const turns = this.records.at(this.connection) + r.TLS_TURNS
    if (this.records.values[turns] > 0) this.records.values[turns] = version === TLS_1_3 ? 1 : 2
  }

  private dns(message: DnsMessageEvent): void {
    if (message.responseTo === 0 || message.isRetransmission || message.family !== 'dns') return
    this.totals.dnsTransactions++
    this.totals.dnsNs += Math.max(0, message.latencyNs)
    if (message.transport !== 'udp' || message.answers.length === 0) return
    const client = this.context.flow(this.datagramFlow).address(this.datagramDirection ^ 1)
    const { frame, timeNs, latencyNs } = message
    const resolution = { queryNs: timeNs - latencyNs, answerNs: timeNs, frame }
    for (const answer of message.answers) {
      if (isAddress(answer)) addResolution(this.totals, client, answer, resolution)
    }
  }

  /** Adds the transaction of the record to the connection's sums, and to the list if it is slow. */
  private endTransaction(at: number): void {
    const { values } = this.records
    if (values[at + r.FIRST_BYTE_FRAME] !== 0) this.tell(at)
    follow.nextTransaction(values, at)
  }

  private tell(at: number): void {
    const { totals } = this
    const { values } = this.records
    for (let part = 0; part < parts.length; part++) values[at + r.SUMS + part] += values[at + r.PARTS + part]
    values[at + r.TRANSACTIONS]++
    const rttNs = Math.max(values[at + r.HANDSHAKE_RTT], values[at + r.SERVER_RTT])
    values[at + r.SAVED_BY_RTT] += Math.min(LESS_RTT_NS, rttNs) * values[at + r.ROUND_TRIPS]
    const serverNs = values[at + r.PARTS + SERVER]
    const waited = values[at + r.CURSOR] - values[at + r.BEGIN] - values[at + r.PARTS + CLIENT_THINK]
    if (this.context.takeRow !== undefined) this.context.takeRow(transactionRow(this.transactionOf(at)))
    const isSlow = serverNs >= this.slowNs && serverNs < LONGEST_THOUGHT_NS && values[at + r.HAS_HTTP] === 0
    if (waited < this.leastListedNs && !isSlow) return
    const flow = this.context.flow(this.flow)
    const server = (values[at + r.CLIENT] - 1) ^ 1
    if (isSlow && !INTERACTIVE_PORTS.includes(flow.port(server))) {
      const slow = slowServerOf(totals, `${flow.address(server)} ${flow.port(server)}`)
      if (slow !== null) {
        slow.shortestNs = Math.min(slow.shortestNs, serverNs)
        addIncident(
          slow,
          serverNs,
          values[at + r.REQUEST_END_FRAME] || values[at + r.FIRST_BYTE_FRAME],
          values[at + r.FIRST_BYTE_FRAME],
        )
        slow.pathNs += values[at + r.PARTS + PATH]
        slow.retransmissionNs += values[at + r.PARTS + RETRANSMISSION]
        slow.zeroWindowNs += values[at + r.PARTS + ZERO_WINDOW]
      }
    }
    if (waited < this.leastListedNs) return
    const least = addTransaction(totals, this.transactionOf(at))
    if (least !== null) this.leastListedNs = least
  }

  private transactionOf(at: number): Transaction {
    const { values } = this.records
    const flow = this.context.flow(this.flow)
    const server = (values[at + r.CLIENT] - 1) ^ 1
    return {
      stream: flow.number,
      client: flow.address(server ^ 1),
      server: flow.address(server),
      serverPort: flow.port(server),
      label: this.labels.get(flow.connection) ?? '',
      beginNs: values[at + r.BEGIN],
      beginFrame: values[at + r.BEGIN_FRAME],
      connectedFrame: values[at + r.CONNECTED_FRAME],
      requestFrame: values[at + r.REQUEST_FRAME],
      requestEndFrame: values[at + r.REQUEST_END_FRAME],
      firstByteFrame: values[at + r.FIRST_BYTE_FRAME],
      lastByteFrame: values[at + r.LAST_BYTE_FRAME],
      times: Array.from(values.subarray(at + r.PARTS, at + r.SUMS)),
      dnsFrame: 0,
    }
  }

  private flowEnd(flow: Flow): void {
    if (flow.transport !== 'tcp') return
    const { totals } = this
    const { connection } = flow
    const at = this.records.at(connection)
    const { values } = this.records
    this.flow = flow.index
    if (values[at + r.STATE] === r.IN_RESPONSE) this.endTransaction(at)
    const transactions = values[at + r.TRANSACTIONS]
    if (transactions > 0) {
      totals.transactions += transactions
      addTimes(totals.times, values, at + r.SUMS)
      totals.savedByRttNs += values[at + r.SAVED_BY_RTT]
      const server = (values[at + r.CLIENT] - 1) ^ 1
      addServer(totals, `${flow.address(server)} ${flow.port(server)}`, transactions, values, at + r.SUMS)
    }
    this.labels.delete(connection)
    this.records.clear(connection)
  }
}

/** True for the text of an address, not of a name: no top-level domain ends with a digit. */
function isAddress(text: string): boolean {
  return text.includes(':') || /\d$/.test(text)
}
