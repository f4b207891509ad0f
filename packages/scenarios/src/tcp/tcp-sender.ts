import type { Timer } from '../network/simulation.ts'
import { CongestionWindow } from './congestion.ts'
import { Flight } from './flight.ts'
import { RttEstimator } from './rtt-estimator.ts'
import type { Segment } from './segment.ts'
import { SendStream } from './send-stream.ts'
import type { TcpSocket } from './tcp-socket.ts'

const DUPLICATES_OF_LOSS = 3

/** The sending half: windows, recovery with SACK (RFC 6675), retransmission timer (RFC 6298), persist timer (RFC 9293 §3.8.6.1), Nagle. */
export class TcpSender {
  peerWindowBytes = 0
  nextPosition = 0
  readonly #socket: TcpSocket
  readonly #stream = new SendStream()
  readonly #flight = new Flight()
  readonly #rtt: RttEstimator
  readonly #congestion: CongestionWindow
  #unacknowledged = 0
  #duplicates = 0
  /** Position up to which the loss that is being repaired reaches; -1 when none is. */
  #recoverUntil = -1
  #isClosing = false
  #finSent = false
  #retries = 0
  #timer: Timer | null = null
  #persistTimer: Timer | null = null
  #persistCount = 0
  /** Path MTU that a router told; lowers the segments. */
  #mostSegmentBytes = Number.POSITIVE_INFINITY

  constructor(socket: TcpSocket) {
    this.#socket = socket
    this.#rtt = new RttEstimator(socket.options.leastTimeoutNs)
    this.#congestion = new CongestionWindow(() => this.#segmentBytes(), socket.options.initialSegments)
  }

  write(bytes: Uint8Array): void {
    this.#stream.write(bytes)
    this.trySend()
  }

  close(): void {
    this.#isClosing = true
    this.trySend()
  }

  stop(): void {
    this.#timer?.cancel()
    this.#persistTimer?.cancel()
  }

  sampleRtt(echo: number): void {
    this.#rtt.sample(Math.max(1, this.#socket.timestamp - echo) * 1e6)
  }

  /** A router said that packets must be smaller: goes back to what was not acknowledged. */
  lowerSegments(ipBytes: number): void {
    const headerBytes = this.#socket.place.own.address.includes(':') ? 60 : 40
    this.#mostSegmentBytes = Math.min(this.#mostSegmentBytes, ipBytes - headerBytes - 12)
    this.#flight.clear()
    this.nextPosition = this.#unacknowledged
    this.trySend('resized')
  }

  receive(segment: Segment): void {
    const position = (segment.acknowledgment - this.#socket.place.initialSequence - 1) | 0
    const windowBefore = this.peerWindowBytes
    this.peerWindowBytes = segment.window << this.#socket.peerShift
    this.#flight.sack(segment.sack.map(([start, end]) => [this.#positionOf(start), this.#positionOf(end)] as const))
    if (position > this.#unacknowledged) this.#advance(position, segment.echo)
    else if (segment.payloadBytes === 0 && this.#hasFlying() && windowBefore === this.peerWindowBytes) this.#duplicate()
    this.trySend()
  }

  /** Sends what windows and Nagle allow: first what is lost, then what is new. */
  trySend(...labels: string[]): void {
    if (this.#socket.state !== 'open') return
    while (this.#flight.bytes < this.#congestion.bytes) {
      const lost = this.#flight.nextLost()
      if (lost !== undefined) {
        lost.isRepeated = true
        this.#send(lost.start, lost.end, 'repeat')
      } else if (!this.#sendNew(labels)) break
    }
    this.#sendFin()
    this.#watchWindow()
  }

  #sendNew(labels: readonly string[]): boolean {
    const waiting = this.#stream.length - this.nextPosition
    const room = this.#unacknowledged + this.peerWindowBytes - this.nextPosition
    const length = Math.min(waiting, this.#segmentBytes(), room)
    if (length <= 0) return false
    const isSmall = length < this.#segmentBytes()
    if (isSmall && length < waiting && this.#hasFlying()) return false // avoids silly windows (RFC 9293 §3.8.6.2.1)
    if (isSmall && this.#socket.options.hasNagle && this.#hasFlying()) return false
    const start = this.nextPosition
    this.nextPosition += length
    this.#flight.add(start, this.nextPosition)
    this.#send(start, this.nextPosition, ...labels)
    return true
  }

  #send(start: number, end: number, ...labels: string[]): void {
    const payload = this.#stream.slice(start, end)
    const hasFin = end > this.#stream.length
    const flags = `${hasFin ? 'F' : ''}${payload.length > 0 && this.#stream.isEndOfWrite(end) ? 'P' : ''}A`
    this.#persistTimer?.cancel()
    this.#persistTimer = null
    if (this.#timer === null) this.#startTimer()
    this.#socket.transmit(flags, start, payload, ...labels)
  }

  #sendFin(): void {
    if (!this.#isClosing || this.#finSent || this.nextPosition < this.#stream.length) return
    this.#finSent = true
    const start = this.nextPosition++
    this.#flight.add(start, this.nextPosition)
    this.#send(start, this.nextPosition, 'fin')
  }

  #advance(position: number, echo: number): void {
    const acknowledgedBytes = position - this.#unacknowledged
    this.#unacknowledged = position
    this.nextPosition = Math.max(this.nextPosition, position)
    this.#duplicates = 0
    this.#retries = 0
    this.#flight.acknowledge(position)
    if (echo > 0) this.sampleRtt(echo)
    if (this.#recoverUntil >= 0 && position >= this.#recoverUntil) this.#recoverUntil = -1
    else if (this.#recoverUntil >= 0 && !this.#flight.hasLost()) this.#flight.loseFirst() // partial acknowledgment (RFC 6582)
    if (this.#recoverUntil < 0) this.#congestion.grow(acknowledgedBytes)
    this.#timer?.cancel()
    this.#timer = null
    if (this.#hasFlying()) this.#startTimer()
  }

  #duplicate(): void {
    this.#duplicates++
    if (this.#recoverUntil >= 0) return
    if (this.#duplicates < DUPLICATES_OF_LOSS && !this.#flight.hasLost()) return
    this.#recoverUntil = this.nextPosition
    this.#congestion.halve(this.nextPosition - this.#unacknowledged)
    this.#flight.loseFirst()
  }

  #startTimer(): void {
    this.#timer = this.#socket.place.simulation.after(this.#rtt.timeoutNs, () => {
      this.#timer = null
      if (this.#retries++ >= this.#socket.options.dataRetries) {
        this.#socket.end()
        this.#socket.events.onGivenUp?.()
        return
      }
      this.#rtt.backOff()
      this.#congestion.collapse(this.nextPosition - this.#unacknowledged)
      this.#recoverUntil = this.nextPosition
      this.#flight.loseAll()
      this.trySend()
      if (this.#timer === null && this.#hasFlying()) this.#startTimer()
    })
  }

  /** Asks with one byte for a window that stays closed, ever more seldom. */
  #watchWindow(): void {
    if (this.#hasFlying() || this.nextPosition >= this.#stream.length) {
      this.#persistCount = 0
      return
    }
    if (this.#persistTimer !== null) return
    const delayNs = this.#rtt.timeoutNs * 2 ** this.#persistCount++
    this.#persistTimer = this.#socket.place.simulation.after(delayNs, () => {
      this.#persistTimer = null
      if (this.#hasFlying() || this.#socket.state !== 'open') return
      const { nextPosition } = this
      this.#socket.transmit('A', nextPosition, this.#stream.slice(nextPosition, nextPosition + 1), 'window-probe')
      this.#watchWindow()
    })
  }

  #segmentBytes(): number {
    return Math.min(this.#socket.segmentBytes, this.#mostSegmentBytes)
  }

  #hasFlying(): boolean {
    return this.nextPosition > this.#unacknowledged
  }

  #positionOf(sequence: number): number {
    return (sequence - this.#socket.place.initialSequence - 1) | 0
  }
}
