import type { Conclusion } from '../finding.ts'

/**
 * Sums over the capture, and the findings about single hosts that tell the same frames with their cause. `tcp-retransmissions` is tshark's
 * count of what `tcp-loss` explains; `answer-awaited` and `server-slow` are waits that HTTP or a silent peer may already have told.
 */
const covered: Readonly<Record<string, readonly string[]>> = {
  'tcp-retransmissions': ['tcp-loss', 'tcp-syn-retried', 'tcp-no-answer', 'tcp-half-open'],
  'tcp-zero-window': ['tcp-receiver-full'],
  'tcp-syn-retransmissions': ['tcp-syn-retried', 'tcp-no-answer', 'tcp-half-open'],
  'tcp-syn-unanswered': ['tcp-no-answer'],
  'tcp-connection-refused': ['tcp-refused'],
  'tcp-resets': ['tcp-reset-handshake', 'tcp-reset-request', 'tcp-reset-transfer', 'tcp-refused'],
  'arp-conflict': ['arp-spoofing'],
  'answer-awaited': ['server-slow', 'http-slow-server'],
}

/** Counts each phenomenon once: a sum stays for reading, without severity or cost, where a finding with the cause says the same. O(n). */
export function countOnce(conclusions: readonly Conclusion[]): Conclusion[] {
  const kinds = new Set(conclusions.map(({ kind }) => kind))
  return conclusions.map((conclusion) => {
    const isCovered = covered[conclusion.kind]?.some((kind) => kinds.has(kind)) ?? false
    return isCovered ? { ...conclusion, severity: 'info', costNs: null } : conclusion
  })
}
