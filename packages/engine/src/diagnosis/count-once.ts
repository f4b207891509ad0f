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

/** Kinds that blame a host for answers that came late; wrong when the network held each of these answers back. */
const blaming: readonly string[] = ['http-slow-server', 'server-slow', 'answer-awaited']

/**
 * Counts each phenomenon once: a sum stays for reading, without severity or cost, where a finding with the cause says the same; blame
 * for what another finding explains altogether is dropped. O(n).
 */
export function countOnce(conclusions: readonly Conclusion[]): Conclusion[] {
  const kinds = new Set(conclusions.map(({ kind }) => kind))
  const explained = new Set(conclusions.flatMap(({ explains = [] }) => explains))
  const standing = conclusions.filter((conclusion) => !isExplained(conclusion, explained))
  return standing.map((conclusion) => {
    const isCovered = covered[conclusion.kind]?.some((kind) => kinds.has(kind)) ?? false
    return isCovered ? { ...conclusion, severity: 'info', costNs: null } : conclusion
  })
}

/** True when all of the frames that prove it are late for a reason that another conclusion gives. */
function isExplained({ kind, evidence: { frames, total } }: Conclusion, explained: ReadonlySet<number>): boolean {
  return blaming.includes(kind) && frames.length === total && frames.every((frame) => explained.has(frame))
}
