import type { Catalogue } from '../words.ts'
import { count, duration } from './format.ts'

export const latencyWords: Catalogue = {
  'server-slow': {
    summary: (v) =>
      `${v.server} a réfléchi ${duration(v.costNs)} au total sur ${count(v.count, 'requête')}, ${duration(v.longestNs)} au plus`,
    nextStep: (v) =>
      `regarder ce que faisait ${v.server} entre la requête et le premier octet de la réponse : ses journaux, sa charge, ce qu’il attend lui-même`,
    hypotheses: {
      server: {
        statement: 'le serveur prend son temps',
        because: (v) =>
          `${duration(v.costNs)} ont passé entre le dernier octet des requêtes et le premier des réponses, allers-retours déduits`,
      },
      path: {
        statement: 'le chemin est long',
        because: (v) => `les allers-retours vers le serveur ont pris ${duration(v.pathNs)} de ces attentes`,
      },
      loss: {
        statement: 'des segments ont été perdus',
        because: (v) => `les attentes de retransmission ont pris ${duration(v.retransmissionNs)} dans ces échanges`,
      },
      client: {
        statement: 'le client n’a pas accepté la réponse',
        because: (v) => `sa fenêtre est restée fermée ${duration(v.zeroWindowNs)} dans ces échanges`,
      },
    },
  },
}
