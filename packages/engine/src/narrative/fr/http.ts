import type { Catalogue } from '../words.ts'
import { count, duration } from './format.ts'

export const httpWords: Catalogue = {
  'http-slow-server': {
    summary: (v) =>
      `${count(v.slow, 'réponse HTTP', 'réponses HTTP')} sur ${v.responses} : premier octet ${duration(v.limitNs)} ou plus après la fin de la requête, ${duration(v.totalNs)} au total`,
    nextStep:
      'comparer le délai du premier octet au temps d’aller-retour : le reste est dû au serveur, ou à ce qu’il attend',
  },
  'http-server-errors': {
    summary: (v) =>
      `${count(v.errors, 'réponse HTTP', 'réponses HTTP')} sur ${v.responses} avec une erreur du serveur (5xx)`,
    nextStep: 'chercher ces requêtes dans le journal du serveur',
  },
}
