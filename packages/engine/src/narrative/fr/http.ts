import type { Catalogue } from '../words.ts'
import { count, duration } from './format.ts'

export const httpWords: Catalogue = {
  'http-slow-server': {
    summary: (v) =>
      `${count(v.slow, 'réponse HTTP', 'réponses HTTP')} sur ${v.responses} : premier octet ${duration(v.limitNs)} ou plus après la fin de la requête, ${duration(v.totalNs)} au total`,
    nextStep:
      'comparer le délai du premier octet au temps d’aller-retour : le reste est dû au serveur, ou à ce qu’il attend',
    hypotheses: {
      server: {
        statement: 'le serveur, ou ce qu’il attend, est lent',
        because: (v) => `sans les allers-retours, il reste ${duration(v.serverNs)} sur ${duration(v.totalNs)}`,
      },
      path: {
        statement: 'le chemin est long',
        because: (v) => `les allers-retours de ces connexions font ${duration(v.pathNs)} sur ${duration(v.totalNs)}`,
      },
      always: {
        statement: 'toutes les réponses sont lentes',
        because: (v) => `la médiane de toutes les réponses commence après ${duration(v.medianNs)}`,
      },
    },
  },
  'http-server-errors': {
    summary: (v) =>
      `${count(v.errors, 'réponse HTTP', 'réponses HTTP')} sur ${v.responses} avec une erreur du serveur (5xx)`,
    nextStep: 'chercher ces requêtes dans le journal du serveur',
    hypotheses: {
      server: {
        statement: 'le serveur, ou ce dont il dépend, est en échec',
        because: (v) => `il le dit lui-même dans ${count(v.errors, 'réponse')}`,
      },
      request: {
        statement: 'les requêtes sont fautives',
        because: (v) =>
          `elles recevraient un 4xx, comme ${count(v.clientErrors, 'réponse l’a été', 'réponses l’ont été')}`,
      },
    },
  },
}
