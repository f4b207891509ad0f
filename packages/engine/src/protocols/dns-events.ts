import type { Packet } from '../packet.ts'
import { markProtocol, Protocol } from '../protocol-set.ts'
import { listDnsAnswers } from './dns-answers.ts'
import { DnsMessage, parseDnsMessage } from './dns-message.ts'
import { DnsTransactions } from './dns-transactions.ts'
import type { DnsFamily, DnsMessageEvent, ProtocolListener } from './messages.ts'

const PROTOCOL_OF = { dns: Protocol.dns, mdns: Protocol.mdns, llmnr: Protocol.llmnr } as const
const NO_ANSWERS: readonly string[] = []
/** Keeps the conversation numbers of UDP and TCP apart in one table of transactions. */
const TCP_CONVERSATIONS = 2 ** 32

/** Turns the bytes of DNS messages, from datagrams and streams, into events with their query found. One serves a whole run. */
export class DnsEvents {
  readonly transactions: DnsTransactions
  readonly #listener: ProtocolListener
  readonly #withAnswers: boolean
  readonly #message = new DnsMessage()

  /** Answers cost strings that few listeners want, so they are only made when asked for. */
  constructor(listener: ProtocolListener, withAnswers = false) {
    this.#withAnswers = withAnswers
    this.#listener = listener
    this.transactions = new DnsTransactions((query) => listener.dnsUnanswered(query.tag as DnsMessageEvent))
  }

  /** Reads one message, marks the frame and tells the listener. `stream` is the number of the TCP stream or UDP conversation. */
  read(
    family: DnsFamily,
    transport: 'udp' | 'tcp',
    stream: number,
    packet: Packet,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    const message = parseDnsMessage(bytes, start, end, this.#message)
    if (!message.hasFlags) return
    markProtocol(packet, PROTOCOL_OF[family])
    const frame = packet.number
    const { timeNs } = packet
    const event = {
      frame,
      timeNs,
      family,
      transport,
      stream,
      id: message.id,
      isResponse: message.isResponse,
      opcode: message.opcode,
      name: message.questionReadable ? message.name : null,
      type: message.questionReadable ? message.type : null,
      rcode: message.isResponse ? message.rcode : null,
      isTruncated: message.isTruncated,
      answerCount: message.answerCount,
      answers: this.#withAnswers && message.answersKept > 0 ? listDnsAnswers(bytes, message) : NO_ANSWERS,
      responseTo: 0,
      latencyNs: 0,
      isRetransmission: false,
      isUnsolicited: false,
      isComplete: message.complete,
    }
    const conversation = transport === 'tcp' ? TCP_CONVERSATIONS + stream : stream
    const mayBeUnanswered = family === 'dns' && !message.isResponse && message.questionReadable
    const match = this.transactions.observe(conversation, message, frame, timeNs, mayBeUnanswered ? event : undefined)
    event.responseTo = match.responseTo
    event.latencyNs = match.latencyNs
    event.isRetransmission = match.isRetransmission
    event.isUnsolicited = match.isUnsolicited
    this.#listener.dns(event)
  }

  /** Reports the queries that stayed unanswered. */
  finish(): void {
    this.transactions.drain()
  }
}
