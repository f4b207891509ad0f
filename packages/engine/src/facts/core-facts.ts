import type { Core } from '../core/core.ts'
import { CONNECTION_FACTS, FRAME_LIST_COUNT, FRAME_LISTS, OUTPUT } from '../core/core-options.ts'
import { analysisFlagNames } from '../tcp/analysis-flags.ts'
import type { JsonWriter } from './json-writer.ts'
import type { Spool } from './spool.ts'
import { SpooledText } from './spooled-text.ts'

const CLOSE = Uint8Array.of(93)

/** Prints what the core lists of flows and connections; it writes the text, so nothing is made for a frame here. */
export class CoreFacts {
  private readonly lists: readonly SpooledText[]
  private write: (piece: Uint8Array) => void = () => {}

  constructor(spool: Spool) {
    this.lists = Array.from({ length: FRAME_LIST_COUNT }, () => new SpooledText(spool))
  }

  /** Takes text of the core, see {@link TextSink}. */
  takeText(list: number, piece: Uint8Array): void {
    if (list === OUTPUT) this.write(piece)
    else this.lists[list].take(piece)
  }

  /** Takes what is left of the lists; call it once, before anything is printed. */
  finish(core: Core): void {
    for (let list = 0; list < FRAME_LIST_COUNT; list++) core.flushList(list)
  }

  get quicFrames(): SpooledText {
    return this.lists[FRAME_LISTS.quic]
  }

  printConversations(json: JsonWriter, core: Core, extraUdpRows: readonly (readonly unknown[])[]): void {
    this.text(json, 'ipv4', () => core.writeConversations(4))
    this.text(json, 'ipv6', () => core.writeConversations(6))
    this.text(json, 'tcp', () => {
      core.writeStreams(6)
      this.write(CLOSE)
    })
    this.text(json, 'udp', () => {
      core.writeStreams(17)
      const rows = extraUdpRows.map((row) => JSON.stringify(row)).join(',')
      const comma = rows !== '' && core.countedStreams(17) > 0 ? ',' : ''
      this.write(new TextEncoder().encode(`${comma}${rows}]`))
    })
  }

  printTcp(json: JsonWriter, core: Core): void {
    json.member('streams', core.countedStreams(6))
    json.section('analysis', () => {
      for (const [bit, name] of analysisFlagNames.entries()) json.list(name, this.lists[bit])
    })
    this.text(json, 'irtt', () => core.writeConnections(CONNECTION_FACTS.initialRtt))
    json.list('ack_rtt', this.lists[FRAME_LISTS.ackRtt])
    json.list('rto', this.lists[FRAME_LISTS.rto])
    json.list('syn', this.lists[FRAME_LISTS.syn])
    json.list('synack', this.lists[FRAME_LISTS.synAck])
    json.list('fin', this.lists[FRAME_LISTS.fin])
    json.list('rst', this.lists[FRAME_LISTS.rst])
    json.list('syn_retransmission', this.lists[FRAME_LISTS.synRetransmission])
    json.list('synack_retransmission', this.lists[FRAME_LISTS.synAckRetransmission])
    this.text(json, 'handshake', () => core.writeConnections(CONNECTION_FACTS.handshake))
    this.text(json, 'completeness', () => core.writeConnections(CONNECTION_FACTS.completeness))
    this.text(json, 'max_bytes_in_flight', () => core.writeConnections(CONNECTION_FACTS.maxInFlight))
  }

  /** A member whose text the core prints. */
  private text(json: JsonWriter, name: string, print: () => void): void {
    json.list(name, {
      output: (write) => {
        this.write = write
        print()
      },
    })
  }
}
