import type { Conclusion } from '../../finding.ts'
import type { TlsCertificate } from '../../protocols/tls/messages.ts'
import { getOrMake } from '../support/bounded-map.ts'
import { framesFilter } from '../support/display-filter.ts'
import { addFrame, type EvidenceFrames, mergeEvidence, newEvidence, toEvidence } from '../support/evidence-frames.ts'

const MOST_CERTIFICATES = 1 << 13
const MOST_FINDINGS = 5
const DAY_SECONDS = 86_400

/** A server's own certificate, and the messages in which it was shown in clear. */
export interface ShownCertificate {
  readonly subject: string
  readonly issuer: string
  /** Seconds since 1970; null when it could not be read. */
  readonly notBeforeSeconds: number | null
  readonly notAfterSeconds: number | null
  readonly shown: EvidenceFrames
}

/** Certificates by name and serial number. */
export type ShownCertificates = Map<string, ShownCertificate>

export function addCertificate(certificates: ShownCertificates, { chain, frame }: TlsCertificate): void {
  const own = chain[0]
  const subject = (own.subjectCommonName ?? own.dnsNames[0] ?? '(none)').slice(0, 255)
  const known = getOrMake(certificates, `${subject} ${own.serial}`, MOST_CERTIFICATES, () => ({
    subject,
    issuer: (own.issuerCommonName ?? '(none)').slice(0, 255),
    notBeforeSeconds: own.notBeforeSeconds,
    notAfterSeconds: own.notAfterSeconds,
    shown: newEvidence(),
  }))
  if (known !== null) addFrame(known.shown, frame)
}

export function mergeCertificates(into: ShownCertificates, from: ShownCertificates): void {
  for (const [key, certificate] of from) {
    const known = getOrMake(into, key, MOST_CERTIFICATES, () => ({ ...certificate, shown: newEvidence() }))
    if (known !== null) mergeEvidence(known.shown, certificate.shown)
  }
}

/** Day of a time in seconds since 1970, UTC, as `2026-01-31`; empty when unknown or beyond the calendar. */
export function dayText(seconds: number | null): string {
  const LAST_DAY_SECONDS = 8.64e12
  if (seconds === null || Math.abs(seconds) > LAST_DAY_SECONDS) return ''
  return new Date(seconds * 1000).toISOString().replace(/T.*/, '')
}

/**
 * Certificates that had ended when the capture began (`captureTime` in seconds since 1970), and those that end within `soonSeconds` of
 * it; the first to end first.
 */
export function concludeCertificates(
  certificates: ShownCertificates,
  captureTime: string | null,
  soonSeconds: number,
): Conclusion[] {
  const now = captureTime === null ? Number.NaN : Number(captureTime)
  if (Number.isNaN(now)) return []
  const ending = [...certificates.values()]
    .filter((one): one is ShownCertificate & { notAfterSeconds: number } => one.notAfterSeconds !== null)
    .filter(({ notAfterSeconds }) => notAfterSeconds < now + soonSeconds)
  ending.sort((a, b) => a.notAfterSeconds - b.notAfterSeconds || (a.subject < b.subject ? -1 : 1))
  return ending.slice(0, MOST_FINDINGS).map(({ subject, issuer, notAfterSeconds, shown }) => {
    const isOver = notAfterSeconds < now
    const kind = isOver ? 'tls-certificate-expired' : 'tls-certificate-ends-soon'
    return {
      kind,
      key: `${kind}:${subject}`,
      severity: isOver ? 'medium' : 'low',
      confidence: 'high',
      costNs: null,
      evidence: toEvidence(shown),
      displayFilter: framesFilter(shown.frames),
      view: null,
      values: {
        subject,
        issuer,
        day: dayText(notAfterSeconds),
        days: Math.round(Math.abs(notAfterSeconds - now) / DAY_SECONDS),
        shown: shown.total,
      },
      hypotheses: [],
      needs: [],
    } as const
  })
}
