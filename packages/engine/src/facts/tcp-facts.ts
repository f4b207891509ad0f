import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from '../decode/tcp.ts'
import type { Packet } from '../packet.ts'
import { ANY_RETRANSMISSION, analysisFlagNames, REUSED_PORTS } from '../tcp/analysis-flags.ts'
import type { Segment } from '../tcp/segment.ts'
import { JsonList } from './json-list.ts'
import type { Spool } from './spool.ts'

/** A shorter header is not read up to its flags. */
const LEAST_HEADER_BYTES = 20

/** The lists of frames that `facts` prints for TCP, exactly as tshark 4.0.17 with default preferences shows them. */
export class TcpFacts {
  /** In the order of {@link analysisFlagNames}. */
  readonly analysis: readonly JsonList[]
  readonly ackRtt: JsonList
  readonly rto: JsonList
  readonly syn: JsonList
  readonly synAck: JsonList
  readonly fin: JsonList
  readonly rst: JsonList
  readonly synRetransmission: JsonList
  readonly synAckRetransmission: JsonList
  /** Streams whose initial RTT was shown on some frame. */
  readonly rttShown = new Uint8Grow()
  private lastFrame = 0

  constructor(spool: Spool) {
    const list = () => new JsonList(spool)
    this.analysis = analysisFlagNames.map(list)
    this.ackRtt = list()
    this.rto = list()
    this.syn = list()
    this.synAck = list()
    this.fin = list()
    this.rst = list()
    this.synRetransmission = list()
    this.synAckRetransmission = list()
  }

  /** Only the first TCP header of a frame is listed. */
  segment(segment: Segment, packet: Packet): void {
    if (packet.number === this.lastFrame) return
    this.lastFrame = packet.number
    const { tcpFlags } = segment
    const hasFlags = packet.tcpHeaderLength >= LEAST_HEADER_BYTES && (tcpFlags & (TCP_SYN | TCP_FIN | TCP_RST)) !== 0
    if (hasFlags) this.flags(segment, packet.number)
    if (!segment.isShown || !segment.hasAnalysis) return
    if (segment.flags !== 0) this.verdicts(segment.flags, packet.number)
    if (segment.initialRttNs !== 0) this.rttShown.set(segment.connection)
    if (segment.acknowledgedFrame !== 0 && segment.acknowledgmentRttNs !== 0) {
      this.ackRtt.beginRow()
      this.ackRtt.number(packet.number)
      this.ackRtt.number(segment.acknowledgmentRttNs)
      this.ackRtt.endRow()
    }
    if (segment.timeoutFrame !== 0 && segment.timeoutNs !== 0) {
      this.rto.beginRow()
      this.rto.number(packet.number)
      this.rto.number(segment.timeoutFrame)
      this.rto.number(segment.timeoutNs)
      this.rto.endRow()
    }
  }

  private flags(segment: Segment, frame: number): void {
    const { tcpFlags } = segment
    if ((tcpFlags & TCP_SYN) !== 0) {
      const isAck = (tcpFlags & TCP_ACK) !== 0
      ;(isAck ? this.synAck : this.syn).number(frame)
      if (segment.isShown && (segment.flags & ANY_RETRANSMISSION) !== 0) {
        ;(isAck ? this.synAckRetransmission : this.synRetransmission).number(frame)
      }
    }
    if ((tcpFlags & TCP_FIN) !== 0) this.fin.number(frame)
    if ((tcpFlags & TCP_RST) !== 0) this.rst.number(frame)
  }

  private verdicts(flags: number, frame: number): void {
    if ((flags & ANY_RETRANSMISSION) !== 0) this.analysis[0].number(frame)
    for (let bit = 1; 1 << bit <= REUSED_PORTS; bit++) {
      if ((flags & (1 << bit)) !== 0) this.analysis[bit].number(frame)
    }
  }
}

/** One bit of knowledge for each of a growing number of things. */
class Uint8Grow {
  private bytes = new Uint8Array(1024)

  set(index: number): void {
    if (index >= this.bytes.length) {
      const grown = new Uint8Array(Math.max(index + 1, this.bytes.length * 2))
      grown.set(this.bytes)
      this.bytes = grown
    }
    this.bytes[index] = 1
  }

  has(index: number): boolean {
    return this.bytes[index] === 1
  }
}
