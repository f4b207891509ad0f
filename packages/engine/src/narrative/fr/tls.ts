import type { Catalogue } from '../words.ts'
import { count } from './format.ts'

export const tlsWords: Catalogue = {
  'tls-alerts': {
    summary: (v) =>
      `${count(v.alerts, 'alerte TLS fatale', 'alertes TLS fatales')} en clair, le plus souvent ${v.most}`,
    nextStep:
      'le côté qui envoie l’alerte dit ce qu’il ne peut accepter : comparer versions, suites cryptographiques, noms et certificats',
  },
  'tls-certificate-expired': {
    summary: (v) =>
      `le certificat de ${v.subject} (de ${v.issuer}) avait expiré le ${v.day}, ${count(v.days, 'jour')} avant la capture ; il a été présenté ${v.shown} fois`,
    nextStep:
      'renouveler le certificat, redémarrer ce qui le sert, et chercher pourquoi le renouvellement a été manqué',
  },
  'tls-certificate-ends-soon': {
    summary: (v) =>
      `le certificat de ${v.subject} (de ${v.issuer}) expire le ${v.day}, ${count(v.days, 'jour')} après le début de la capture`,
    nextStep: 'vérifier que son renouvellement est prévu, et que le serveur lira le nouveau',
  },
}
