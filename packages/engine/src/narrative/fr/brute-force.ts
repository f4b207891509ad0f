import type { Values } from '../../finding.ts'
import type { Catalogue, Words } from '../words.ts'
import { count, duration, percent } from './format.ts'

const common: Omit<Words, 'summary' | 'nextStep'> = {
  hypotheses: {
    refusedInClear: {
      statement: 'on devine des mots de passe',
      because: (v) =>
        `le serveur a refusé ${v.failed} des ${v.attempts} authentifications (${percent(v.failed, v.attempts)})`,
    },
    shortConnections: {
      statement: 'on devine des mots de passe',
      because: (v) =>
        `${v.failed} des ${v.attempts} connexions se sont terminées après les octets d’une authentification, sans session`,
    },
    realWork: {
      statement: 'la source travaille avec le service',
      because: (v) => `seules ${v.succeeded} des ${v.attempts} authentifications ont abouti`,
    },
  },
  innocentExplanations: [
    'un script, une sauvegarde ou une supervision dont le mot de passe a expiré et qui insiste',
    'une tâche qui lance par SSH des commandes très courtes, chacune dans sa propre connexion',
    'un audit de mots de passe ou un test d’intrusion qui vous appartient',
  ],
  confirmOrRefute: [
    'le journal du service nomme les comptes : beaucoup de noms, ou beaucoup de mots de passe pour un seul, confirment',
    'une tâche oubliée essaie un seul compte à intervalles réguliers, un attaquant aussi vite qu’il peut',
    'regarder si la même source essaie d’autres hôtes ou services',
  ],
}

const at = (v: Values) => `${v.service} sur ${v.target} port ${v.port}${v.resource === '' ? '' : ` ${v.resource}`}`

/** Words for the detector of password guessing. */
export const bruteForceWords: Catalogue = {
  'password-guessing': {
    ...common,
    summary: (v) =>
      `${v.source} a échoué ${count(v.failed, 'fois', 'fois')} à s’authentifier auprès de ${at(v)} en ${duration(v.durationNs)}, sans jamais entrer`,
    nextStep: (v) =>
      `voir dans le journal de ${v.target} quels comptes ont été essayés ; limiter les tentatives, et n’autoriser ${v.service} que d’où il est nécessaire`,
  },
  'password-guessed': {
    ...common,
    summary: (v) =>
      `${v.source} a échoué ${count(v.failed, 'fois', 'fois')} à s’authentifier auprès de ${at(v)}, puis est entré (trame ${v.enteredFrame})`,
    nextStep: (v) =>
      `considérer le compte comme pris : voir dans le journal de ${v.target} qui s’est connecté et ce qui a été fait dans cette session, et changer le mot de passe`,
  },
  'password-spraying': {
    ...common,
    hypotheses: {
      spraying: {
        statement: 'les mêmes quelques mots de passe sont essayés partout',
        because: (v) =>
          `${v.failed} authentifications sur ${v.attempts} auprès de ${count(v.targets, 'cible')} ont échoué (${percent(v.failed, v.attempts)})`,
      },
      realWork: {
        statement: 'la source administre ces hôtes',
        because: (v) => `seules ${v.succeeded} authentifications sur ${v.attempts} ont mené à quelque chose`,
      },
    },
    summary: (v) =>
      `${v.source} n’a pas réussi à s’authentifier auprès de ${v.service} (port ${v.port}) de ${count(v.targets, 'cible')} en ${duration(v.durationNs)}, ${v.most} fois au plus chacune`,
    nextStep: (v) =>
      `voir dans les journaux des cibles quels comptes ont été essayés, bloquer ${v.source}, et chercher un compte qui est entré ailleurs`,
  },
}
