/**
 * Offsets of the integers of a connection record: first those of the connection, then {@link DIRECTION_WORDS} for each direction.
 * Names follow the rules of docs/reference/tcp-analysis.md. Zero is the initial value of everything except where noted.
 */
export const CONNECTION_COMPLETENESS = 0
/** Completeness as tshark shows it in one pass: before the last segment. */
export const CONNECTION_SHOWN_COMPLETENESS = 1
/** Link to a Multipath TCP connection, index + 1. */
export const CONNECTION_MULTIPATH = 2
export const CONNECTION_SYN_FRAME = 3
/** MSS | window shift + 1 << 16 | SACK permitted << 24 | timestamps << 25 | MSS present << 26; the same for SYN-ACK below. */
export const CONNECTION_SYN_OPTIONS = 4
export const CONNECTION_SYN_ACK_FRAME = 5
export const CONNECTION_SYN_ACK_OPTIONS = 6
/** Port of the side that was sent a SYN or sent a SYN-ACK, the last one seen; 0 when unknown. */
export const CONNECTION_SERVER_PORT = 7
/** Bits of what the handshake told, below. */
export const CONNECTION_HANDSHAKE = 8
/** Doubles, in doubles from the start of the record. */
export const CONNECTION_SYN_TIME = 5
/** Initial RTT in ns; 0 when unknown. */
export const CONNECTION_INITIAL_RTT = 6
export const CONNECTION_HEAD_WORDS = 14

export const SIDE_FLAGS = 0
/** Number that relative sequence numbers count from. */
export const SIDE_BASE = 1
/** Highest next sequence number expected; 0 unknown. With the frame and time that raised it. */
export const SIDE_NEXT = 2
export const SIDE_NEXT_FRAME = 3
/** Highest next number reached without a hole; 0 unknown. */
export const SIDE_CONTIGUOUS = 4
export const SIDE_LAST_ACK = 5
/** Frame where the acknowledgment number last changed. */
export const SIDE_ACK_FRAME = 6
/** Consecutive duplicate ACKs, or {@link POISONED}. */
export const SIDE_DUPLICATES = 7
/** Raw window of the last segment; -1 before the first. */
export const SIDE_WINDOW = 8
/** Window shift; {@link SHIFT_UNKNOWN}, {@link SHIFT_UNUSED} or 0 … 14. Stored as it is, so the initial value is set. */
export const SIDE_SHIFT = 9
export const SIDE_PUSH_BYTES = 10
export const SIDE_LAST_FLAGS = 11
/** Bytes that the SACK blocks of the last segment span together. */
export const SIDE_SACKED = 12
export const SIDE_MULTIPATH_OPTIONS = 13
export const SIDE_MAX_IN_FLIGHT = 14
/** The queue of unacknowledged segments, see unacked-segments.ts. */
export const SIDE_QUEUE = 15
/** Doubles of a side, in doubles from its start. */
export const SIDE_NEXT_TIME = 12
export const SIDE_ACK_TIME = 13
export const SIDE_WORDS = 28

export const CONNECTION_WORDS = CONNECTION_HEAD_WORDS + 2 * SIDE_WORDS
const CONNECTION_DOUBLES = CONNECTION_WORDS / 2

/** Bits of SIDE_FLAGS. */
export const SIDE_HAS_BASE = 1
/** Has sent a SYN but no ACK without SYN since, so that its window is not scaled yet. */
export const SIDE_IN_HANDSHAKE = 2
/** A segment was missing and the peer has not acknowledged since: bytes in flight are not known. */
export const SIDE_IN_FLIGHT_UNKNOWN = 4
export const SIDE_LAST_WAS_PUSH = 8
export const SIDE_HAS_FIN = 16
export const SIDE_HAS_RST = 32

/** Bits of CONNECTION_HANDSHAKE: a pure SYN was seen, so that its time is valid; who the initiator is, by a SYN or SYN-ACK. */
export const HANDSHAKE_HAS_SYN = 1
export const HANDSHAKE_HAS_INITIATOR = 2
export const HANDSHAKE_INITIATOR_SHIFT = 2

export const SHIFT_UNKNOWN = -1
export const SHIFT_UNUSED = -2
export const POISONED = -1

const FIRST_CAPACITY = 1 << 11
const GROWTH = 4

/** State of every TCP connection, as records of fixed size in one buffer; 280 bytes a connection. */
export class ConnectionTable {
  words: Int32Array<ArrayBuffer>
  doubles: Float64Array<ArrayBuffer>
  count = 0
  private capacity = FIRST_CAPACITY
  private readonly free: number[] = []

  constructor() {
    const buffer = new ArrayBuffer(FIRST_CAPACITY * CONNECTION_WORDS * 4)
    this.words = new Int32Array(buffer)
    this.doubles = new Float64Array(buffer)
  }

  add(): number {
    const index = this.take()
    for (let direction = 0; direction < 2; direction++) {
      const side = sideWord(index, direction)
      this.words[side + SIDE_WINDOW] = -1
      this.words[side + SIDE_SHIFT] = SHIFT_UNKNOWN
    }
    return index
  }

  /** Gives a record back; its index will be used again. */
  remove(index: number): void {
    this.free.push(index)
  }

  private take(): number {
    const index = this.free.pop()
    if (index === undefined) {
      if (this.count === this.capacity) this.grow()
      return this.count++
    }
    this.words.fill(0, index * CONNECTION_WORDS, (index + 1) * CONNECTION_WORDS)
    return index
  }

  private grow(): void {
    this.capacity *= GROWTH
    const buffer = new ArrayBuffer(this.capacity * CONNECTION_WORDS * 4)
    const words = new Int32Array(buffer)
    words.set(this.words)
    this.words = words
    this.doubles = new Float64Array(buffer)
  }
}

/** Where the integers of a connection start. */
export function connectionWord(index: number): number {
  return index * CONNECTION_WORDS
}

/** Where the doubles of a connection start. */
export function connectionDouble(index: number): number {
  return index * CONNECTION_DOUBLES
}

/** Where the integers of one direction start; its doubles start at half of it. */
export function sideWord(index: number, direction: number): number {
  return index * CONNECTION_WORDS + CONNECTION_HEAD_WORDS + direction * SIDE_WORDS
}
