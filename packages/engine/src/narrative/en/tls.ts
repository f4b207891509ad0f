import type { Catalogue } from '../words.ts'
import { count } from './format.ts'

export const tlsWords: Catalogue = {
  'tls-alerts': {
    summary: (v) => `${count(v.alerts, 'fatal TLS alert')} in clear, most often ${v.most}`,
    nextStep:
      'the side that sends the alert says what it cannot accept: compare versions, cipher suites, names and certificates',
  },
  'tls-certificate-expired': {
    summary: (v) =>
      `the certificate of ${v.subject} (from ${v.issuer}) had ended on ${v.day}, ${count(v.days, 'day')} before the capture; it was shown ${count(v.shown, 'time')}`,
    nextStep: 'renew the certificate, restart what serves it, and see why the renewal was missed',
  },
  'tls-certificate-ends-soon': {
    summary: (v) =>
      `the certificate of ${v.subject} (from ${v.issuer}) ends on ${v.day}, ${count(v.days, 'day')} after the capture began`,
    nextStep: 'see that its renewal is planned, and that the server reads the new one',
  },
}
