import { type Endpoint, synOptions, timestampOptions } from '@pcap-analyzer/engine/testing'
import type { Path, Side } from '../network/path.ts'
import type { Simulation, Timer } from '../network/simulation.ts'
import { type Segment, sackOptions } from './segment.ts'
import { type FullSocketOptions, fullSocketOptions, type SocketOptions } from './socket-options.ts'
import { TcpReceiver } from './tcp-receiver.ts'
import { TcpSender } from './tcp-sender.ts'

/** What one end of a connection stands on. */
export interface SocketPlace {
  readonly simulation: Simulation
  readonly path: Path
  readonly side: Side
  readonly own: Endpoint
  readonly peer: Endpoint
  readonly initialSequence: number
  readonly initialTimestamp: number
  /** Labels for each segment it sends. */
  readonly labels: readonly string[]
}

/** What an application hears of its socket. */
export interface SocketEvents {
  onConnected?(): void
  onRead?(bytes: number): void
  onPeerClosed?(): void
  onReset?(): void
  onGivenUp?(): void
}

const FIRST_SYN_TIMEOUT_NS = 1e9
const TIMESTAMP_BYTES = 12

/** One end of a TCP connection (RFC 9293): handshake, end and headers; data is the sender's and the receiver's. */
export class TcpSocket {
  events: SocketEvents = {}
  readonly place: SocketPlace
  readonly options: FullSocketOptions
  readonly sender: TcpSender
  readonly receiver: TcpReceiver
  state: 'closed' | 'syn-sent' | 'syn-received' | 'open' | 'over' = 'closed'
  peerInitialSequence = 0
  #peerTimestamp = 0
  #identification: number
  #synTimer: Timer | null = null

  constructor(place: SocketPlace, options: SocketOptions) {
    this.place = place
    this.options = fullSocketOptions(options, place.own.address.includes(':'))
    this.#identification = place.initialSequence >>> 16
    this.sender = new TcpSender(this)
    this.receiver = new TcpReceiver(this)
    place.path.attach(place.own, place.peer, (segment) => this.#receive(segment))
  }

  connect(): void {
    this.state = 'syn-sent'
    this.#sendSyn('S', 0)
  }

  write(bytes: Uint8Array): void {
    this.sender.write(bytes)
  }

  /** Sends FIN behind everything written. */
  close(): void {
    this.sender.close()
  }

  /** Ends the connection with RST. */
  abort(...labels: string[]): void {
    this.transmit('RA', this.sender.nextPosition, new Uint8Array(0), 'reset', ...labels)
    this.end()
  }

  /** Forgets everything that was still to happen: the process, the host or the way is gone. */
  end(): void {
    this.state = 'over'
    this.#synTimer?.cancel()
    this.sender.stop()
    this.receiver.stop()
  }

  /** Sends a segment whose data begins at a position of the stream; -1 is the SYN's. */
  transmit(flags: string, position: number, payload: Uint8Array, ...labels: string[]): void {
    const { own, peer, initialSequence, path, side, labels: ownLabels } = this.place
    const isSyn = flags.includes('S')
    const { timestamp } = this
    const sack = isSyn ? [] : this.receiver.sackBlocks()
    const windowBytes = flags.includes('R') ? 0 : this.receiver.windowBytes
    const isReset = flags.includes('R')
    const options = isReset
      ? []
      : isSyn
        ? synOptions(this.options.mss, this.options.windowShift, timestamp)
        : [...timestampOptions(timestamp, this.#peerTimestamp), ...sackOptions(sack)]
    const segment: Segment = {
      from: own,
      to: peer,
      sequence: (initialSequence + 1 + position) >>> 0,
      acknowledgment: this.receiver.acknowledgment,
      flags,
      window: isSyn ? Math.min(0xffff, windowBytes) : Math.min(0xffff, windowBytes >> this.options.windowShift),
      options,
      payload,
      identification: this.#identification++ & 0xffff,
      ipBytes: (own.address.includes(':') ? 40 : 20) + 20 + ((options.length + 3) & ~3) + payload.length,
      payloadBytes: payload.length,
      sack,
      timestamp,
      echo: this.#peerTimestamp,
      labels: [side, ...(isSyn ? ['syn'] : payload.length > 0 ? ['data'] : []), ...ownLabels, ...labels],
    }
    if (flags.includes('A')) this.receiver.acknowledged(windowBytes)
    path.send(side, segment)
  }

  /** Payload that fits beside the options, as small as both ends want it. */
  get segmentBytes(): number {
    return Math.min(this.options.mss, this.peerMss) - TIMESTAMP_BYTES
  }

  peerMss = 1460
  peerShift = 0

  /** TSval of now, in ms. */
  get timestamp(): number {
    return this.place.initialTimestamp + Math.floor(this.place.simulation.nowNs / 1e6)
  }

  #receive(segment: Segment): void {
    if (this.state === 'over') {
      if (segment.payloadBytes > 0)
        this.transmit('R', this.sender.nextPosition, new Uint8Array(0), 'reset', 'late-reset')
      return
    }
    if (segment.flags.includes('R')) {
      this.end()
      this.events.onReset?.()
      return
    }
    if (segment.flags.includes('S')) {
      this.#receiveSyn(segment)
      return
    }
    if (this.state === 'closed' || this.state === 'syn-sent') return
    if (this.state === 'syn-received') this.#open()
    this.#peerTimestamp = segment.timestamp
    this.sender.receive(segment)
    this.receiver.receive(segment)
  }

  #receiveSyn(segment: Segment): void {
    const { simulation } = this.place
    this.peerInitialSequence = segment.sequence
    this.#peerTimestamp = segment.timestamp
    this.peerMss = (segment.options[2] << 8) | segment.options[3]
    this.peerShift = segment.options.at(-1) ?? 0
    this.sender.peerWindowBytes = segment.window
    if (segment.flags.includes('A')) {
      if (this.options.isHalfOpen) {
        this.end()
        return
      }
      if (this.state === 'syn-sent') this.sender.sampleRtt(segment.echo)
      this.transmit('A', 0, new Uint8Array(0))
      if (this.state === 'syn-sent') this.#open()
      return
    }
    const { answer } = this.options
    if (answer === 'drop') return
    this.receiver.begin()
    if (answer === 'refuse') {
      this.transmit('RA', -1 - this.place.initialSequence, new Uint8Array(0), 'refusal')
      return
    }
    if (this.state === 'open') return
    this.state = 'syn-received'
    this.#synTimer?.cancel()
    simulation.after(this.options.acceptAfterNs, () => this.#sendSyn('SA', 0))
  }

  #sendSyn(flags: 'S' | 'SA', retries: number): void {
    if (this.state !== 'syn-sent' && this.state !== 'syn-received') return
    this.transmit(flags, -1, new Uint8Array(0), ...(retries > 0 ? ['syn-repeat'] : []))
    this.#synTimer = this.place.simulation.after(FIRST_SYN_TIMEOUT_NS * 2 ** retries, () => {
      if (retries < this.options.synRetries) {
        this.#sendSyn(flags, retries + 1)
        return
      }
      this.end()
      this.events.onGivenUp?.()
    })
  }

  #open(): void {
    this.state = 'open'
    this.#synTimer?.cancel()
    this.receiver.begin()
    this.events.onConnected?.()
    this.sender.trySend()
  }
}
