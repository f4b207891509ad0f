import type { HealthWords } from '../health-words.ts'
import { count, duration, percent } from './format.ts'

const severities: Readonly<Record<string, string>> = {
  info: 'informative',
  low: 'basse',
  medium: 'moyenne',
  high: 'haute',
  critical: 'critique',
}

export const healthWords: HealthWords = {
  grades: {
    excellent: 'excellent',
    good: 'bon',
    fair: 'moyen',
    poor: 'médiocre',
    bad: 'mauvais',
    failing: 'défaillant',
  },
  score: (score, grade) => `${decimal(score)} sur 100 : ${grade}`,
  unknown: 'pas de note : la capture ne contient rien à mesurer',
  metrics: {
    loss: 'segments de données et paquets RTP perdus',
    latency: 'temps d’aller-retour médian des ouvertures de connexion',
    connections: 'tentatives de connexion échouées',
    'name-resolution': 'requêtes DNS échouées',
    'slow-servers': 'réponses HTTP que le serveur a commencées tard',
    jitter: 'variation médiane du transit des paquets RTP',
    'closed-windows': 'temps de la capture avec une fenêtre de réception fermée',
    reordering: 'segments de données arrivés dans le désordre',
  },
  known: (metric, { unit, value, samples, penalty, weight, points }) => {
    const measured = unit === 'ns' ? duration(value ?? 0) : percent(value ?? 0, 1)
    const from = `${measured} sur ${count(samples, 'mesure')}`
    return `${metric} : ${from}, pénalité ${decimal(penalty)} sur 100, poids ${weight}, coûte ${decimal(points)} points`
  },
  missing: (metric, { samples, missing }, reasons) => {
    const why = {
      'too-few-samples': `${count(samples, 'mesure')} seulement`,
      quality: reasons.join(' ; '),
      security: 'un balayage ou une inondation fait échouer des tentatives à dessein',
    }[missing ?? 'too-few-samples']
    return `${metric} : pas compté (${why})`
  },
  security: ({ findings, worst, points }) =>
    worst === null
      ? 'sécurité : aucun constat'
      : `sécurité : ${count(findings, 'constat')}, le pire de gravité ${severities[worst]}, coûte ${decimal(points)} points`,
  phenomena: {
    loss: (of) => `aucun segment perdu ou répété sur ${count(of, 'segment')} de données`,
    'failed-connections': (of) => `aucun SYN répété, refusé ou sans réponse sur ${count(of, 'tentative')} de connexion`,
    'closed-windows': (of) => `aucune fenêtre de réception fermée sur ${count(of, 'segment')}`,
    resets: (of) => `aucun RST sur ${count(of, 'connexion')}`,
    'dns-trouble': (of) =>
      `aucune requête lente, échouée ou sans réponse sur ${count(of, 'requête DNS', 'requêtes DNS')}`,
    'http-trouble': (of) =>
      `aucune réponse lente ni erreur du serveur sur ${count(of, 'réponse HTTP', 'réponses HTTP')}`,
    'tls-alerts': (of) =>
      `aucune alerte TLS fatale en clair après ${count(of, 'ouverture TLS', 'ouvertures TLS')} de client`,
  },
  notSeen: (phenomenon, visible) => `${phenomenon} ; ${visible}`,
  visible: 'aurait été visible : oui',
  invisible: (reasons) => `aurait été visible : pas sûrement, car ${reasons.join(' ; ')}`,
}

function decimal(value: number): string {
  return String(value).replace('.', ',')
}
