import type { FrameFacts } from '../filter/frame-facts.ts'

/** Bytes that one side sent in a row. */
export interface StreamTurn {
  /** 0 for the side that sent the first packet. */
  readonly direction: 0 | 1
  /** Frame and time of its first byte. */
  readonly frame: number
  readonly timeNs: number
  readonly bytes: Uint8Array
  /** Bytes before these that the capture does not hold. */
  readonly missingBytes: number
}

interface Piece {
  readonly frame: number
  readonly timeNs: number
  /** Place of its first byte in what its side sent. */
  readonly at: number
  readonly bytes: Uint8Array
}

interface Side {
  /** Place of the next byte in order; null before the first. */
  next: number | null
  readonly waiting: Piece[]
}

const HALF = 2 ** 31
const WHOLE = 2 ** 32
/** Bytes that wait for a gap to close, a side. */
const MOST_WAITING_BYTES = 1 << 20

/**
 * Puts together what both sides of one connection or conversation sent, in the order in which it became whole. Bytes sent again are left
 * out; a gap that never closes is passed over and counted. Memory is bound by `mostBytes` and what waits.
 */
export class StreamFollower {
  readonly turns: StreamTurn[] = []
  /** Whether there was more than `mostBytes`. */
  isCut = false
  private readonly sides: readonly [Side, Side] = [
    { next: null, waiting: [] },
    { next: null, waiting: [] },
  ]
  private taken = 0
  private readonly mostBytes: number
  private firstSource: string | null = null

  constructor(mostBytes: number) {
    this.mostBytes = mostBytes
  }

  /** Takes a frame of the stream; call it in order. */
  add(facts: FrameFacts): void {
    const { packet, segment, innermost } = facts
    if (packet === null || innermost === null || this.isCut) return
    const { data, payloadStart, payloadEnd, transport } = innermost
    const bytes = data.slice(payloadStart, Math.max(payloadStart, payloadEnd))
    const { number: frame, timeNs } = packet
    if (transport === 'udp') {
      if (bytes.length > 0) this.take(this.directionOf(facts), { frame, timeNs, at: 0, bytes }, 0)
      return
    }
    if (segment === null) return
    const direction = segment.direction === 0 ? 0 : 1
    const side = this.sides[direction]
    const isSyn = (segment.tcpFlags & 2) !== 0
    const at = (segment.relativeSequence + (isSyn ? 1 : 0)) % WHOLE
    side.next ??= at
    if (bytes.length === 0) return
    side.waiting.push({ frame, timeNs, at, bytes })
    this.release(direction, side, false)
    const waiting = side.waiting.reduce((sum, piece) => sum + piece.bytes.length, 0)
    if (waiting > MOST_WAITING_BYTES) this.release(direction, side, true)
  }

  /** Passes over the gaps that stayed. */
  end(): void {
    for (const direction of [0, 1] as const) this.release(direction, this.sides[direction], true)
  }

  private release(direction: 0 | 1, side: Side, passesGaps: boolean): void {
    side.waiting.sort((a, b) => ahead(a.at, side.next ?? 0) - ahead(b.at, side.next ?? 0))
    while (side.waiting.length > 0 && side.next !== null) {
      const [piece] = side.waiting
      const gap = ahead(piece.at, side.next)
      if (gap > 0 && !passesGaps) return
      side.waiting.shift()
      const known = gap < 0 ? -gap : 0
      if (known >= piece.bytes.length) continue
      this.take(direction, { ...piece, bytes: piece.bytes.subarray(known) }, Math.max(0, gap))
      side.next = (piece.at + piece.bytes.length) % WHOLE
    }
  }

  private take(direction: 0 | 1, { frame, timeNs, bytes }: Piece, missingBytes: number): void {
    const room = this.mostBytes - this.taken
    if (room <= 0) {
      this.isCut = true
      return
    }
    const kept = bytes.subarray(0, room)
    this.isCut ||= kept.length < bytes.length
    this.taken += kept.length
    const last = this.turns.at(-1)
    if (last !== undefined && last.direction === direction && missingBytes === 0) {
      this.turns[this.turns.length - 1] = { ...last, bytes: joined(last.bytes, kept) }
    } else this.turns.push({ direction, frame, timeNs, bytes: kept, missingBytes })
  }

  private directionOf(facts: FrameFacts): 0 | 1 {
    const { packet, innermost } = facts
    if (packet === null || innermost === null) return 0
    const at = packet.ipLayerStart
    const source = `${packet.ipLayers.subarray(at, at + 5).join(' ')} ${innermost.sourcePort}`
    this.firstSource ??= source
    return source === this.firstSource ? 0 : 1
  }
}

/** How far `at` lies behind `next` on the ring of sequence numbers; negative when it was there already. */
function ahead(at: number, next: number): number {
  const distance = (at - next + WHOLE) % WHOLE
  return distance >= HALF ? distance - WHOLE : distance
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}
