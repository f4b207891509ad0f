import type { Catalogue } from '../words.ts'
import { count } from './format.ts'

export const tlsWords: Catalogue = {
  'tls-alerts': {
    summary: (v) => `${count(v.alerts, 'fatal TLS alert')} in clear, most often ${v.most}`,
    nextStep:
      'the side that sends the alert says what it cannot accept: compare versions, cipher suites, names and certificates',
  },
}
