import type { Catalogue } from '../words.ts'
import { count, duration } from './format.ts'

/** Words for the detector of ICMP tunnels. */
export const icmpTunnelWords: Catalogue = {
  'icmp-tunnel': {
    summary: (v) =>
      `${v.source} et ${v.target} échangent des données dans ${count(v.bytes, 'octet')} de messages d’écho en ${duration(v.durationNs)} : ${v.different} des ${v.replies} réponses ne répètent aucune demande`,
    nextStep: (v) =>
      `trouver le programme de ${v.source} qui émet les demandes d’écho, et lire ce que contiennent les messages`,
    hypotheses: {
      tunnel: {
        statement: 'les messages d’écho transportent des données',
        because: (v) =>
          `${v.different} réponses disent autre chose que les demandes, en ${v.sizes} tailles différentes`,
      },
      ping: {
        statement: 'quelqu’un fait des pings',
        because: (v) =>
          `un ping est répété mot pour mot, seules ${Number(v.replies) - Number(v.different)} des ${v.replies} réponses le font`,
      },
    },
    innocentExplanations: [
      'un équipement qui modifie les contenus en chemin ou répond pour un autre',
      'un outil de test qui écrit dans les messages d’écho',
    ],
    confirmOrRefute: [
      'des demandes lisibles, des bannières ou des en-têtes IP dans les messages confirment',
      'des demandes d’écho qui continuent alors que personne ne teste la joignabilité confirment',
    ],
  },
}
