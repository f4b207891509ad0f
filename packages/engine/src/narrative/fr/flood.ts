import type { Values } from '../../finding.ts'
import type { Catalogue, Words } from '../words.ts'
import { count, duration, percent } from './format.ts'

const common: Omit<Words, 'summary' | 'nextStep'> = {
  hypotheses: {
    flood: {
      statement: 'on n’émet que pour occuper la cible',
      because: (v) =>
        `${v.unanswered} des ${v.requests} envois sont restés sans réponse (${percent(v.unanswered, v.requests)})`,
    },
    manyClients: {
      statement: 'la cible est simplement très demandée',
      because: (v) => `seuls ${v.answered} des ${v.requests} envois ont mené à une réponse ou à une connexion`,
    },
  },
  innocentExplanations: [
    'un essai de charge qui vous appartient',
    'un service tombé en panne pendant que de nombreux clients insistent',
    'un flux multimédia, des mesures ou des journaux à sens unique, sans réponse par conception',
  ],
  confirmOrRefute: [
    'voir si le débit a monté d’un coup, et si les vrais clients de la cible étaient servis pendant ce temps',
    'des sources qui ne répondent à personne, ou que personne ne connaît, plaident pour des adresses falsifiées',
    'demander au fournisseur le trafic vers la cible à cette heure',
  ],
}

const rate = (v: Values) =>
  `jusqu’à ${v.peak}/s depuis ${v.sources} ${v.sources === '1' ? 'source' : 'sources'}, pendant ${count(v.seconds, 'seconde')} à partir de ${duration(v.startNs)} dans la capture`

const nextStep = (v: Values) =>
  `regarder ce que ${v.target} a fait pendant ces secondes, et faire filtrer le trafic avant qu’il n’atteigne le lien`

/** Words for the flood detector. */
export const floodWords: Catalogue = {
  'syn-flood': {
    ...common,
    summary: (v) =>
      `${v.target}${v.port === '' ? '' : ` port ${v.port}`} a été submergé par ${count(v.packets, 'SYN', 'SYN')} sans connexion à la suite : ${rate(v)}`,
    nextStep: (v) => `${nextStep(v)} ; les SYN cookies gardent l’hôte joignable`,
  },
  'udp-flood': {
    ...common,
    summary: (v) =>
      `${v.target}${v.port === '' ? '' : ` port ${v.port}`} a été submergé par ${count(v.packets, 'datagramme')} laissés sans réponse : ${rate(v)}`,
    nextStep,
  },
  'icmp-flood': {
    ...common,
    summary: (v) => `${v.target} a été submergé par ${count(v.packets, 'demande')} d’écho : ${rate(v)}`,
    nextStep,
  },
  'amplification-flood': {
    ...common,
    summary: (v) => `${v.target} a été submergé par ${count(v.packets, 'réponse')} jamais demandées : ${rate(v)}`,
    nextStep: (v) => `${nextStep(v)} ; les sources sont des serveurs abusés, non l’attaquant`,
  },
}
