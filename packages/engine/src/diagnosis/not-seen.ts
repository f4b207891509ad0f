import type { Need } from '../finding.ts'
import { isMissing, type JudgedQuality } from '../quality/index.ts'
import type { CheckId, PhenomenonId } from '../report.ts'
import type { SectionFacts } from './section-facts.ts'

/** Something that people look for: a capture without it shall say so, and whether it could have shown it. */
export interface Phenomenon {
  readonly id: PhenomenonId
  /** Kinds of findings that tell of it. */
  readonly kinds: readonly string[]
  /** Where the number stands that it would be a part of. */
  readonly of: string
  readonly needs: readonly Need[]
}

export const phenomena: readonly Phenomenon[] = [
  {
    id: 'loss',
    kinds: ['tcp-loss', 'tcp-retransmissions'],
    of: 'tcp-health.dataSegments',
    needs: ['no-capture-drops'],
  },
  {
    id: 'failed-connections',
    kinds: [
      'tcp-syn-retransmissions',
      'tcp-syn-unanswered',
      'tcp-connection-refused',
      'tcp-no-answer',
      'tcp-refused',
      'tcp-syn-retried',
      'tcp-half-open',
      'tcp-reset-handshake',
    ],
    of: 'handshakes.attempts',
    needs: ['both-directions', 'no-capture-drops'],
  },
  {
    id: 'closed-windows',
    kinds: ['tcp-zero-window', 'tcp-receiver-full'],
    of: 'tcp-health.segments',
    needs: ['no-capture-drops'],
  },
  {
    id: 'resets',
    kinds: [
      'tcp-resets',
      'tcp-connection-refused',
      'tcp-refused',
      'tcp-reset-handshake',
      'tcp-reset-request',
      'tcp-reset-transfer',
    ],
    of: 'tcp-health.connections',
    needs: ['both-directions', 'no-capture-drops'],
  },
  {
    id: 'dns-trouble',
    kinds: ['dns-unanswered', 'dns-slow', 'dns-errors'],
    of: 'dns.transactions',
    needs: ['both-directions', 'no-capture-drops', 'monotone-clock'],
  },
  {
    id: 'http-trouble',
    kinds: ['http-slow-server', 'http-server-errors'],
    of: 'http.responses',
    needs: ['whole-packets', 'no-capture-drops', 'monotone-clock'],
  },
  {
    id: 'tls-alerts',
    kinds: ['tls-alerts'],
    of: 'tls.clientHellos',
    needs: ['whole-packets', 'no-capture-drops'],
  },
]

/** A phenomenon that was not seen, without words. */
export interface JudgedAbsence {
  readonly id: PhenomenonId
  /** Of how many it was none. */
  readonly of: number
  readonly isVisible: boolean
  /** Checks of the capture's quality for which it might not have been seen. */
  readonly failedChecks: readonly CheckId[]
}

/** `kinds` are those of all that was concluded. What the capture does not show of the main phenomena; those for which it has no occasion are left out. */
export function notSeen(facts: SectionFacts, kinds: ReadonlySet<string>, quality: JudgedQuality): JudgedAbsence[] {
  return phenomena
    .filter((phenomenon) => !phenomenon.kinds.some((kind) => kinds.has(kind)))
    .flatMap(({ id, of, needs }) => {
      const whole = facts.find(of) ?? 0
      const missing = needs.filter((need) => isMissing(need, quality))
      const failed = quality.checks.filter((check) => check.ok === false && missing.some((need) => need === check.id))
      return whole === 0
        ? []
        : [{ id, of: whole, isVisible: missing.length === 0, failedChecks: failed.map((check) => check.id) }]
    })
}
