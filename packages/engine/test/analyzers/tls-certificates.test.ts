import { describe, expect, it } from 'vitest'
import {
  addCertificate,
  concludeCertificates,
  mergeCertificates,
  type ShownCertificates,
} from '../../src/analyzers/tls/certificates.ts'
import type { TlsCertificate } from '../../src/protocols/tls/messages.ts'

const DAY = 86_400
const NOW = 1_767_225_600

/** A server certificate as it was shown in a frame. */
function shown(frame: number, subject: string, endsInDays: number): TlsCertificate {
  const own = {
    serial: '01',
    subjectCommonName: subject,
    issuerCommonName: 'Example CA',
    notBeforeSeconds: NOW - 90 * DAY,
    notAfterSeconds: NOW + endsInDays * DAY,
    dnsNames: [],
    ipAddresses: [],
  }
  return { frame, chain: [own] } as unknown as TlsCertificate
}

function certificates(...messages: readonly TlsCertificate[]): ShownCertificates {
  const all: ShownCertificates = new Map()
  for (const message of messages) addCertificate(all, message)
  return all
}

const conclude = (all: ShownCertificates) => concludeCertificates(all, `${NOW}.000000000`, 14 * DAY)

describe('concludeCertificates', () => {
  it('tells what had ended, what ends soon, and nothing of the others', () => {
    const all = certificates(shown(5, 'soon', 3), shown(6, 'over', -2), shown(7, 'fine', 60), shown(9, 'over', -2))
    expect(conclude(all)).toMatchObject([
      {
        key: 'tls-certificate-expired:over',
        severity: 'medium',
        values: { days: 2, shown: 2 },
        evidence: { total: 2 },
      },
      { key: 'tls-certificate-ends-soon:soon', severity: 'low', values: { days: 3, day: '2026-01-04' } },
    ])
  })

  it('says the same of parts that were merged', () => {
    const parts = [certificates(shown(9, 'over', -2)), certificates(shown(6, 'over', -2), shown(5, 'soon', 3))]
    const merged: ShownCertificates = new Map()
    for (const part of parts) mergeCertificates(merged, part)
    expect(conclude(merged)).toEqual(
      conclude(certificates(shown(5, 'soon', 3), shown(6, 'over', -2), shown(9, 'over', -2))),
    )
  })

  it('says nothing where no frame has a time', () => {
    expect(concludeCertificates(certificates(shown(5, 'over', -2)), null, 14 * DAY)).toEqual([])
  })
})
