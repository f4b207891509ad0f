import type { Catalogue } from '../words.ts'
import { count } from './format.ts'

export const serviceWords: Catalogue = {
  'service-on-other-port': {
    summary: (v) => `${v.place} : ${count(v.flows, 'flux', 'flux')} ${v.service} sur un port réservé à ${v.expected}`,
    nextStep: 'demander si c’est voulu ; les règles et outils qui se fient au port le prennent pour autre chose',
    hypotheses: {
      deliberate: {
        statement: 'le service a été placé là à dessein, peut-être pour passer un filtre',
        because: (v) => `son protocole a été lu dans ${count(v.flows, 'flux', 'flux')}`,
      },
    },
  },
}
