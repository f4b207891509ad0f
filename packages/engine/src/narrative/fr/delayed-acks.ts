import type { Catalogue } from '../words.ts'
import { count, duration } from './format.ts'

export const delayedAckWords: Catalogue = {
  'tcp-nagle-delayed-ack': {
    summary: (v) =>
      `${v.sender} a retenu de petits segments ${v.count} fois dans ${count(v.connections, 'connexion')} jusqu’à ce que ${v.receiver} acquitte le précédent, ${duration(v.meanNs)} plus tard en moyenne, ${duration(v.costNs)} au total`,
    nextStep: (v) =>
      `faire écrire chaque message d’un seul coup par l’application de ${v.sender}, ou activer TCP_NODELAY ; des acquittements immédiats sur ${v.receiver} aident aussi`,
    hypotheses: {
      nagle: {
        statement: 'l’algorithme de Nagle attend un acquittement retardé',
        because: (v) =>
          `${count(v.count, 'petit segment est parti', 'petits segments sont partis')} juste après l’acquittement du précédent, venu ${duration(v.meanNs)} après lui`,
      },
      path: {
        statement: 'le chemin est lent',
        because: (v) =>
          `les allers-retours sont déduits ; la plus longue attente était encore de ${duration(v.longestNs)}`,
      },
    },
  },
}
