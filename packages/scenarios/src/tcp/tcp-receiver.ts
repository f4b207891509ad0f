import type { Timer } from '../network/simulation.ts'
import { ReceiveBuffer } from './receive-buffer.ts'
import type { Segment } from './segment.ts'
import type { TcpSocket } from './tcp-socket.ts'

const MOST_BLOCKS = 3
const SEGMENTS_AN_ACK = 2
const NOTHING = new Uint8Array(0)

/** The receiving half: order, window, delayed acknowledgments (RFC 5681 §4.2), SACK blocks (RFC 2018). */
export class TcpReceiver {
  readonly #socket: TcpSocket
  readonly #buffer: ReceiveBuffer
  #hasBegun = false
  /** Stream position of the FIN; -1 before it came. */
  #finAt = -1
  #isFinTaken = false
  #unacknowledgedSegments = 0
  #ackTimer: Timer | null = null
  #toldWindowBytes = 0

  constructor(socket: TcpSocket) {
    this.#socket = socket
    const { receiveBufferBytes, reader } = socket.options
    this.#buffer = new ReceiveBuffer(socket.place.simulation, receiveBufferBytes, reader, (bytes) => {
      this.#tellWindow()
      socket.events.onRead?.(bytes)
    })
  }

  /** The peer's SYN has come, so there is something to acknowledge. */
  begin(): void {
    this.#hasBegun = true
  }

  stop(): void {
    this.#ackTimer?.cancel()
  }

  get acknowledgment(): number {
    if (!this.#hasBegun && this.#socket.state !== 'syn-sent') return 0
    return (this.#socket.peerInitialSequence + 1 + this.#buffer.next + (this.#isFinTaken ? 1 : 0)) >>> 0
  }

  /** As the header can tell it: a multiple of the scale; 0 when less than a segment fits, which avoids silly windows. */
  get windowBytes(): number {
    const shift = this.#socket.options.windowShift
    const { windowBytes } = this.#buffer
    return windowBytes < this.#socket.segmentBytes ? 0 : Math.min(0xffff << shift, (windowBytes >> shift) << shift)
  }

  sackBlocks(): (readonly [number, number])[] {
    const start = this.#socket.peerInitialSequence + 1
    return this.#buffer.ranges
      .slice(0, MOST_BLOCKS)
      .map(([from, to]) => [(start + from) >>> 0, (start + to) >>> 0] as const)
  }

  /** An acknowledgment leaves, with a window. */
  acknowledged(windowBytes: number): void {
    this.#unacknowledgedSegments = 0
    this.#toldWindowBytes = windowBytes
    this.#ackTimer?.cancel()
    this.#ackTimer = null
  }

  receive(segment: Segment): void {
    const start = (segment.sequence - this.#socket.peerInitialSequence - 1) | 0
    if (segment.flags.includes('F')) this.#finAt = start + segment.payloadBytes
    if (segment.payloadBytes > 0) this.#takeData(start, segment.payloadBytes)
    this.#takeFin(segment.flags.includes('F'))
  }

  #takeData(start: number, length: number): void {
    const end = start + length
    if (this.#toldWindowBytes === 0 || end > this.#buffer.next + this.#buffer.windowBytes) {
      this.#acknowledge() // no room: a probe of the window
      return
    }
    const taken = this.#buffer.take(start, end)
    if (this.#socket.state === 'over') return
    if (taken !== 'in-order' || ++this.#unacknowledgedSegments >= SEGMENTS_AN_ACK) this.#acknowledge()
    else if (this.#ackTimer === null) {
      this.#ackTimer = this.#socket.place.simulation.after(this.#socket.options.delayedAckNs, () => this.#acknowledge())
    }
  }

  #takeFin(isRepeat: boolean): void {
    if (this.#finAt < 0 || this.#finAt !== this.#buffer.next || this.#socket.state === 'over') return
    if (this.#isFinTaken) {
      if (isRepeat) this.#acknowledge()
      return
    }
    this.#isFinTaken = true
    this.#acknowledge()
    this.#socket.events.onPeerClosed?.()
  }

  /** Tells a window that has opened by two segments, or half of the buffer (RFC 9293 §3.8.6.2.2). */
  #tellWindow(): void {
    const opened = this.windowBytes - this.#toldWindowBytes
    const isWorthIt = Math.min(2 * this.#socket.segmentBytes, this.#socket.options.receiveBufferBytes / 2)
    if (this.#toldWindowBytes < this.#socket.segmentBytes && opened >= isWorthIt) this.#acknowledge('window-update')
  }

  #acknowledge(...labels: string[]): void {
    const label = this.windowBytes === 0 ? ['zero-window'] : []
    this.#socket.transmit('A', this.#socket.sender.nextPosition, NOTHING, 'ack', ...label, ...labels)
  }
}
