/** What is counted for the quality of a capture: integers, and pairs of integers by side (initiator, responder). Merges by adding. */
export interface QualityCounts {
  segments: number
  dataSegments: number
  /** ACK of a segment that the capture does not hold (tshark's ACKed unseen segment). */
  ackedUnseen: number
  /** Segments that take up sequence numbers, and those of them that were recorded twice: mirrored acknowledgments are not told from
   * duplicate ACKs, so they do not count. */
  sequenced: number
  duplicates: number
  /** Segments with more data than the MSS that both sides agreed on. */
  oversized: number
  /** Connections with a handshake or data, and those with data of which neither SYN nor SYN-ACK was captured. */
  connections: number
  midStream: number
  /** Connections with data or acknowledgments, and those of them that were seen in one direction only. */
  established: number
  oneWay: number
  /** Handshakes by where most of their round trip was: beyond the capture point as seen from the initiator, before it, or on both sides. */
  splitNearInitiator: number
  splitNearResponder: number
  splitBetween: number
  /** Time from SYN to SYN-ACK, and from SYN-ACK to ACK, summed over these handshakes. */
  responderPartNs: number
  initiatorPartNs: number
  /** SYN and SYN-ACK with a TTL or hop limit that was read, and with one that no router has lowered. */
  ttlSeen: [number, number]
  ttlInitial: [number, number]
  /** Frames that the capturing host itself sent, by Linux cooked capture. */
  outgoing: [number, number]
  /** Segments whose checksum was looked at, and those whose checksum is left to the network card to fill in. */
  checksums: [number, number]
  offloadedChecksums: [number, number]
  /** Checksums that are wrong, and not because of offload. */
  wrongChecksums: number
  /** Jumps of the clock that the timestamps of both sides of a connection contradict. */
  forwardJumps: number
  /** Largest of them. */
  greatestJumpNs: number
  /** Frames whose time was looked at, and those that no clock of 1 ms, or of 1 µs, can have stamped. */
  times: number
  finerThanMilliseconds: number
  finerThanMicroseconds: number
}

export function newCounts(): QualityCounts {
  return {
    segments: 0,
    dataSegments: 0,
    ackedUnseen: 0,
    sequenced: 0,
    duplicates: 0,
    oversized: 0,
    connections: 0,
    midStream: 0,
    established: 0,
    oneWay: 0,
    splitNearInitiator: 0,
    splitNearResponder: 0,
    splitBetween: 0,
    responderPartNs: 0,
    initiatorPartNs: 0,
    ttlSeen: [0, 0],
    ttlInitial: [0, 0],
    outgoing: [0, 0],
    checksums: [0, 0],
    offloadedChecksums: [0, 0],
    wrongChecksums: 0,
    forwardJumps: 0,
    greatestJumpNs: 0,
    times: 0,
    finerThanMilliseconds: 0,
    finerThanMicroseconds: 0,
  }
}

const sums = [
  'segments',
  'dataSegments',
  'ackedUnseen',
  'sequenced',
  'duplicates',
  'oversized',
  'connections',
  'midStream',
  'established',
  'oneWay',
  'splitNearInitiator',
  'splitNearResponder',
  'splitBetween',
  'responderPartNs',
  'initiatorPartNs',
  'wrongChecksums',
  'forwardJumps',
  'times',
  'finerThanMilliseconds',
  'finerThanMicroseconds',
] as const

const pairs = ['ttlSeen', 'ttlInitial', 'outgoing', 'checksums', 'offloadedChecksums'] as const

/** Adds the counts of `from`; commutative and associative. */
export function mergeQualityCounts(into: QualityCounts, from: QualityCounts): void {
  for (const name of sums) into[name] += from[name]
  for (const name of pairs) {
    into[name][0] += from[name][0]
    into[name][1] += from[name][1]
  }
  into.greatestJumpNs = Math.max(into.greatestJumpNs, from.greatestJumpNs)
}
