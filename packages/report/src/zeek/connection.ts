import { CLOSED, Endpoint, ESTABLISHED, INACTIVE, PARTIAL, RESET, SYN_ACK_SENT, SYN_SENT } from './endpoint.ts'

const FIN = 0x01
const SYN = 0x02
const RST = 0x04
const ACK = 0x10

export type ConnectionKind = 'tcp' | 'udp' | 'icmp' | 'unknown_transport'

/** What of a TCP segment moves a connection's state. */
export interface SegmentFacts {
  readonly flags: number
  readonly sequence: number
  readonly acknowledgment: number
  readonly payloadLength: number
  readonly window: number
}

/** A connection as Zeek's conn.log tells it; its rules are in docs/reference/zeek-logs.md. */
export class Connection {
  readonly kind: ConnectionKind
  readonly uid: string
  readonly firstTimeNs: number
  lastTimeNs: number
  /** The originator's address and port, the responder's; ICMP has types and codes for ports. */
  readonly ends: readonly [string, number, string, number]
  readonly ipProtocol: number
  readonly endpoints: readonly [Endpoint, Endpoint] = [new Endpoint(), new Endpoint()]
  readonly services = new Set<string>()
  /** 1 when the first packet came from what is now the responder. */
  readonly flipped: 0 | 1
  /** Letters in the order in which things happened, upper case the originator's. */
  history = ''

  constructor(
    kind: ConnectionKind,
    uid: string,
    timeNs: number,
    ends: readonly [string, number, string, number],
    ipProtocol: number,
    isFlipped: boolean,
  ) {
    this.kind = kind
    this.uid = uid
    this.firstTimeNs = timeNs
    this.lastTimeNs = timeNs
    this.ends = ends
    this.ipProtocol = ipProtocol
    this.flipped = isFlipped ? 1 : 0
    if (isFlipped) this.history = '^'
  }

  /** Counts a packet of the side: 0 originator, 1 responder. */
  count(side: 0 | 1, timeNs: number, ipBytes: number): Endpoint {
    const endpoint = this.endpoints[side]
    endpoint.packets++
    endpoint.ipBytes += ipBytes
    this.lastTimeNs = timeNs
    return endpoint
  }

  /** Takes a datagram or an ICMP message. */
  takeDatagram(side: 0 | 1, timeNs: number, ipBytes: number, payloadBytes: number): void {
    const endpoint = this.count(side, timeNs, ipBytes)
    endpoint.payloadBytes += payloadBytes
    if (endpoint.state === INACTIVE) endpoint.state = ESTABLISHED
    if (this.kind === 'udp') this.once(endpoint, side, 'D')
  }

  /** Takes a TCP segment. */
  takeSegment(side: 0 | 1, timeNs: number, ipBytes: number, segment: SegmentFacts): void {
    const endpoint = this.count(side, timeNs, ipBytes)
    const peer = this.endpoints[side ^ 1]
    const { flags, sequence, payloadLength } = segment
    const end = (sequence + payloadLength + (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0)) | 0
    this.flagLetters(endpoint, side, segment)
    const isRepeated = endpoint.hasSent && payloadLength > 0 && ((sequence - endpoint.lastSequence) | 0) < 0
    this.advance(endpoint, segment, end)
    this.acknowledge(peer, side, segment)
    move(endpoint, peer, side, segment)
    if (payloadLength > 0 && (flags & RST) === 0) {
      this.once(endpoint, side, 'D')
      if (isRepeated) this.byTens(endpoint, side, 'T')
      endpoint.holes.add((sequence + (flags & SYN ? 1 : 0)) | 0, payloadLength)
    }
  }

  /** Name of the state, by the table of Zeek's documentation of conn.log. */
  get state(): string {
    const [originator, responder] = this.endpoints
    if (this.kind === 'icmp' || this.kind === 'unknown_transport') return 'OTH'
    if (this.kind === 'udp') {
      if (originator.packets > 0) return responder.packets > 0 ? 'SF' : 'S0'
      return responder.packets > 0 ? 'SHR' : 'OTH'
    }
    return tcpState(originator, responder, this.history)
  }

  get isFinished(): boolean {
    const [{ state: a }, { state: b }] = this.endpoints
    return a === RESET || b === RESET || (a === CLOSED && b === CLOSED)
  }

  get missedBytes(): number {
    return this.endpoints[0].holes.missedBytes + this.endpoints[1].holes.missedBytes
  }

  private flagLetters(endpoint: Endpoint, side: 0 | 1, { flags, sequence, payloadLength, window }: SegmentFacts): void {
    if (flags & SYN && flags & (FIN | RST)) this.once(endpoint, side, 'Q')
    else if (flags & FIN && flags & RST) this.once(endpoint, side, 'I')
    else if (flags & SYN) this.bySequence(endpoint, side, flags & ACK ? 'H' : 'S', sequence)
    else if (flags & FIN) this.bySequence(endpoint, side, 'F', (sequence + payloadLength) | 0)
    else if (flags & RST) this.bySequence(endpoint, side, 'R', sequence)
    else if (flags & ACK && payloadLength === 0) this.once(endpoint, side, 'A')
    if (window === 0 && (flags & (RST | SYN)) === 0) this.byTens(endpoint, side, 'W')
  }

  private advance(endpoint: Endpoint, { flags, sequence }: SegmentFacts, end: number): void {
    if (!endpoint.hasSent) {
      if (flags & RST && !(flags & SYN)) return // its number says nothing of what was sent
      endpoint.hasSent = true
      endpoint.firstSequence = sequence
      endpoint.lastSequence = end
      endpoint.sentSyn = (flags & SYN) !== 0
      endpoint.holes.begin((sequence + (flags & SYN ? 1 : 0)) | 0)
    } else if (flags & SYN && !(flags & RST) && (endpoint.state === SYN_SENT || endpoint.state === SYN_ACK_SENT)) {
      endpoint.firstSequence = sequence
      endpoint.lastSequence = end
    } else if (((end - endpoint.lastSequence) | 0) > 0 && !(flags & RST)) {
      endpoint.lastSequence = end
    }
    if (flags & FIN && end === endpoint.lastSequence) endpoint.sentFin = true
  }

  /** Numbers of resets are not believed, nor those that acknowledge what nobody has sent. */
  private acknowledge(peer: Endpoint, side: 0 | 1, { flags, acknowledgment }: SegmentFacts): void {
    if (!(flags & ACK) || flags & (RST | SYN) || !peer.hasSent) return
    const beyond = peer.sentFin && acknowledgment === peer.lastSequence ? (acknowledgment - 1) | 0 : acknowledgment
    const missed = peer.holes.acknowledge(beyond)
    if (((acknowledgment - peer.lastSequence) | 0) > 0) peer.lastSequence = acknowledgment
    if (missed > 0) this.byTens(peer, side === 0 ? 1 : 0, 'G')
  }

  private once(endpoint: Endpoint, side: 0 | 1, letter: string): void {
    if (endpoint.lettered.has(letter)) return
    endpoint.lettered.set(letter, 0)
    this.write(side, letter)
  }

  /** Again only when the sequence number is another. */
  private bySequence(endpoint: Endpoint, side: 0 | 1, letter: string, sequence: number): void {
    if (endpoint.lettered.get(letter) === sequence) return
    endpoint.lettered.set(letter, sequence)
    this.write(side, letter)
  }

  /** At the first time, the tenth, the hundredth … */
  private byTens(endpoint: Endpoint, side: 0 | 1, letter: string): void {
    const times = (endpoint.times.get(letter) ?? 0) + 1
    endpoint.times.set(letter, times)
    if (/^10*$/.test(String(times))) this.write(side, letter)
  }

  private write(side: 0 | 1, letter: string): void {
    this.history += side === 0 ? letter : letter.toLowerCase()
  }
}

/** Moves the side's state by a segment of it. */
function move(endpoint: Endpoint, peer: Endpoint, side: 0 | 1, { flags }: SegmentFacts): void {
  const isAnswer = (flags & (SYN | ACK)) === (SYN | ACK)
  if (endpoint.state === INACTIVE) {
    if (flags & RST) endpoint.state = RESET
    else if (flags & SYN && !(flags & FIN)) {
      if (!isAnswer) endpoint.state = SYN_SENT
      else if (peer.state === SYN_SENT && side === 1) {
        endpoint.state = ESTABLISHED
        peer.state = ESTABLISHED
      } else endpoint.state = SYN_ACK_SENT
    } else if (flags & FIN) endpoint.state = CLOSED
    else if (peer.state === SYN_ACK_SENT) {
      endpoint.state = ESTABLISHED
      peer.state = ESTABLISHED
    } else endpoint.state = PARTIAL
    return
  }
  if (endpoint.state === SYN_SENT || endpoint.state === SYN_ACK_SENT) {
    if (flags & RST) endpoint.state = RESET
    else if (flags & FIN) endpoint.state = CLOSED
    else if (isAnswer && peer.state === SYN_SENT) {
      endpoint.state = ESTABLISHED
      peer.state = ESTABLISHED
    }
    return
  }
  if (endpoint.state === PARTIAL || endpoint.state === ESTABLISHED) {
    if (flags & RST) endpoint.state = RESET
    else if (flags & FIN && !(flags & SYN)) endpoint.state = CLOSED
  }
}

function tcpState(originator: Endpoint, responder: Endpoint, history: string): string {
  const [o, r] = [originator.state, responder.state]
  const isIdle = (state: number) => state === INACTIVE || state === PARTIAL
  if (r === RESET) {
    if (o === SYN_SENT || o === SYN_ACK_SENT) return 'REJ'
    if (o === RESET && originator.streamBytes === 0 && responder.streamBytes === 0) return 'REJ'
    return isIdle(o) ? 'RSTRH' : 'RSTR'
  }
  if (o === RESET) {
    if (!isIdle(r)) return 'RSTO'
    return /^\^?S[^HAFGIQ]*R/.test(history) ? 'RSTOS0' : 'OTH'
  }
  if (o === CLOSED && r === CLOSED) return 'SF'
  if (o === CLOSED) return isIdle(r) ? 'SH' : 'S2'
  if (r === CLOSED) return isIdle(o) ? 'SHR' : 'S3'
  if (o === SYN_SENT && isIdle(r)) return 'S0'
  return o === ESTABLISHED && r === ESTABLISHED ? 'S1' : 'OTH'
}
