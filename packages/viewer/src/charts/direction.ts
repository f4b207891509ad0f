import type { ConnectionDetail } from '@pcap-analyzer/engine'

/** Side that sent more payload. */
export function mainSender({ bins }: ConnectionDetail): 0 | 1 {
  const sent = bins.map(({ payloadBytes }) => payloadBytes.reduce((sum, bytes) => sum + bytes, 0))
  return sent[0] > sent[1] ? 0 : 1
}

/** True when a side sent any payload. */
export function hasSentData({ bins }: ConnectionDetail, side: 0 | 1): boolean {
  return bins[side].payloadBytes.some((bytes) => bytes > 0)
}
