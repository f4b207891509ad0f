import { newSlabs, Slabs } from "./memory"

/** State of one direction of a connection. Zero is the initial value but for window and shift. */
@unmanaged
export class Side {
  /** Bits HAS_BASE and following. */
  flags: i32
  /** Number that relative sequence numbers count from. */
  base: i32
  /** Highest next sequence number expected; 0 unknown. With the frame and time that raised it. */
  next: i32
  nextFrame: i32
  /** Highest next number reached without a hole; 0 unknown. */
  contiguous: i32
  lastAck: i32
  /** Frame where the acknowledgment number last changed. */
  ackFrame: i32
  /** Consecutive duplicate ACKs, or POISONED. */
  duplicates: i32
  /** Raw window of the last segment; -1 before the first. */
  window: i32
  /** Window shift; SHIFT_UNKNOWN, SHIFT_UNUSED or 0 … 14. */
  shift: i32
  pushBytes: i32
  lastFlags: i32
  /** Bytes that the SACK blocks of the last segment span together. */
  sacked: i32
  multipathOptions: i32
  maxInFlight: i32
  /** The queue of unacknowledged segments, see unacked.ts; pointers to its entries, 0 for none. */
  oldest: usize
  newest: usize
  count: i32
  isTangled: i32
  leastStart: i32
  greatestEnd: i32
  isStale: i32
  scannedAck: i32
  scannedNewest: usize
  nextTimeNs: f64
  ackTimeNs: f64
}

/** How far the host wants to see what one direction sends, and where it is: relative sequence numbers. The host knows the order. */
@unmanaged
export class Reading {
  /** Kind of interest, and above it the protocol that names what is passed over, see interest.ts. */
  interest: i32
  next: u32
  until: u32
  /** Start of the record under way, and how many that took several segments ended since the host looked, see tls-records.ts. */
  start: u32
  ended: i32
  /** Index + 1 of the list of those; 0 without. */
  list: i32
}

/** Head of a connection record; the order is that of src/tcp/connection-record.ts. The two sides follow it. */
@unmanaged
export class Connection {
  completeness: i32
  /** Completeness as tshark shows it in one pass: before the last segment. */
  shownCompleteness: i32
  /** Link to a Multipath TCP connection, index + 1. */
  multipath: i32
  synFrame: i32
  synOptions: i32
  synAckFrame: i32
  synAckOptions: i32
  /** Port of the side that was sent a SYN or sent a SYN-ACK, the last one seen; 0 when unknown. */
  serverPort: i32
  handshake: i32
  index: i32
  // the two readings, which records cannot hold as such
  reading0: i32
  reading01: i32
  reading02: i32
  reading03: i32
  reading04: i32
  reading05: i32
  reading1: i32
  reading11: i32
  reading12: i32
  reading13: i32
  reading14: i32
  reading15: i32
  /** Index + 1 of the connection's observations, see observed.ts; 0 without. */
  observed: i32
  /** What the host wants to be told of the connection beside what is remarkable, see observed.ts. */
  watched: i32
  synTimeNs: f64
  initialRttNs: f64

  @inline
  side(direction: i32): Side {
    return changetype<Side>(changetype<usize>(this) + offsetof<Connection>() + <usize>direction * offsetof<Side>())
  }

  /** How far the host wants to see the payload of a direction, see interest.ts. */
  @inline
  reading(direction: i32): Reading {
    return changetype<Reading>(changetype<usize>(this) + offsetof<Connection>('reading0') + <usize>direction * offsetof<Reading>())
  }

  /** Direction of the side that sent a SYN, or was sent a SYN-ACK; 0 when neither was seen. */
  initiator(): i32 {
    return (this.handshake >> HANDSHAKE_INITIATOR_SHIFT) & 1
  }

  /** True when both sides sent FIN, or one sent RST. */
  isClosed(): bool {
    const one = this.side(0).flags
    const other = this.side(1).flags
    return ((one | other) & HAS_RST) !== 0 || (one & other & HAS_FIN) !== 0
  }
}

/** Bits of Side.flags. */
export const HAS_BASE = 1
/** Has sent a SYN but no ACK without SYN since, so that its window is not scaled yet. */
export const IN_HANDSHAKE = 2
/** A segment was missing and the peer has not acknowledged since: bytes in flight are not known. */
export const IN_FLIGHT_UNKNOWN = 4
export const LAST_WAS_PUSH = 8
export const HAS_FIN = 16
export const HAS_RST = 32

/** Bits of Connection.handshake: a pure SYN was seen, so that its time is valid; who the initiator is, by a SYN or SYN-ACK. */
export const HANDSHAKE_HAS_SYN = 1
export const HANDSHAKE_HAS_INITIATOR = 2
export const HANDSHAKE_INITIATOR_SHIFT = 2
/** The initial RTT was shown on some frame. */
export const RTT_SHOWN = 8

export const SHIFT_UNKNOWN = -1
export const SHIFT_UNUSED = -2
export const POISONED = -1

let table: Slabs = changetype<Slabs>(0)

/** Bytes of a connection record without our own view of loss. */
@inline
export function connectionBytes(): usize {
  return offsetof<Connection>() + 2 * offsetof<Side>()
}

export function initConnections(recordBytes: usize): void {
  table = newSlabs(recordBytes)
}

export function connectionAt(index: i32): Connection {
  return changetype<Connection>(table.at(index))
}

export function addConnection(): Connection {
  const index = table.take()
  const connection = connectionAt(index)
  connection.index = index
  for (let direction = 0; direction < 2; direction++) {
    const side = connection.side(direction)
    side.window = -1
    side.shift = SHIFT_UNKNOWN
  }
  return connection
}

export function removeConnection(connection: Connection): void {
  table.give(connection.index)
}
