import type { Catalogue } from '../words.ts'
import { count } from './format.ts'

export const tlsWords: Catalogue = {
  'tls-alerts': {
    summary: (v) =>
      `${count(v.alerts, 'alerte TLS fatale', 'alertes TLS fatales')} en clair, le plus souvent ${v.most}`,
    nextStep:
      'le côté qui envoie l’alerte dit ce qu’il ne peut accepter : comparer versions, suites cryptographiques, noms et certificats',
  },
}
