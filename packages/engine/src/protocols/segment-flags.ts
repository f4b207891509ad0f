/** What the TCP analysis says of a segment, as bits of one integer for {@link StreamHandoff.segment}. */
export const SegmentFlag = Object.freeze({
  syn: 1,
  fin: 2,
  rst: 4,
  /** `tcp.analysis.keep_alive` */
  keepAlive: 8,
  /** `tcp.analysis.retransmission` without fast or spurious. */
  plainRetransmission: 16,
  spuriousRetransmission: 32,
  outOfOrder: 64,
  /** Captured whole, from a whole datagram, not quoted in an error: only then bytes can wait for more. */
  whole: 128,
})
