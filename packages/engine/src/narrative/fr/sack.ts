import type { Catalogue } from '../words.ts'
import { count } from './format.ts'

export const sackWords: Catalogue = {
  'tcp-needless-resends': {
    summary: (v) => `${v.host} a renvoyé des données déjà arrivées : ${v.dsacks} DSACK de ses récepteurs le disent`,
    nextStep:
      'chercher un délai qui dépasse soudain le temporisateur de retransmission, ou un désordre pris pour une perte ; rien ne s’est perdu ici',
    hypotheses: {
      'too-eager': {
        statement: 'l’émetteur a cessé d’attendre trop tôt, ou a pris un désordre pour une perte',
        because: (v) => `${count(v.dsacks, 'segment')} avec un DSACK`,
      },
      lost: {
        statement: 'les données s’étaient perdues',
        because: (v) => `${v.dsacks} des ${v.all} DSACK de la capture prouvent qu’elles étaient arrivées`,
      },
    },
  },
}
