export * from './analysis-bits.ts'

/** The fifteen verdicts of tshark's TCP analysis, as bits of {@link Segment.flags}; names are those of `tcp.analysis.*`. */
export const analysisFlagNames = [
  'retransmission',
  'fast_retransmission',
  'spurious_retransmission',
  'out_of_order',
  'duplicate_ack',
  'lost_segment',
  'ack_lost_segment',
  'zero_window',
  'zero_window_probe',
  'zero_window_probe_ack',
  'window_full',
  'window_update',
  'keep_alive',
  'keep_alive_ack',
  'reused_ports',
] as const
