import type { Values } from '../../finding.ts'
import type { Catalogue, Words } from '../words.ts'
import { count, duration, percent } from './format.ts'

const common: Omit<Words, 'summary' | 'nextStep'> = {
  hypotheses: {
    scan: {
      statement: 'la source cherche des ports ouverts',
      because: (v) =>
        `${v.closed} des ${v.tried} ports essayés étaient fermés ou muets (${percent(v.closed, v.tried)})`,
    },
    sweep: {
      statement: 'la source cherche des hôtes allumés',
      because: (v) => `${v.closed} des ${v.tried} hôtes interrogés n’ont pas répondu (${percent(v.closed, v.tried)})`,
    },
    knownHosts: {
      statement: 'la source interroge des hôtes qu’elle connaît',
      because: (v) => `seuls ${v.open} des ${v.tried} hôtes interrogés ont répondu`,
    },
    ordinaryClient: {
      statement: 'la source utilise des services qui existent',
      because: (v) => `seuls ${v.open} des ${v.tried} ports essayés étaient ouverts`,
    },
  },
  innocentExplanations: [
    'un outil d’inventaire, de supervision ou de recherche de vulnérabilités qui vous appartient',
    'un logiciel pair à pair, ou un membre de grappe, qui essaie des pairs disparus',
    'une capture qui ne contient qu’un sens, de sorte que les réponses manquent',
  ],
  confirmOrRefute: [
    'demander qui exploite la source, et si un balayage était annoncé à cette heure',
    'un balayage essaie des ports que personne n’a configurés ; un client mal configuré répète toujours les mêmes',
    'regarder ce que la source a fait sur les ports ouverts : des connexions avec données juste après confirment',
  ],
}

const tail = (v: Values) =>
  `(${v.technique} ; ${count(v.refused, 'refusé')}, ${count(v.open, 'ouvert')}) en ${duration(v.durationNs)}`

/** Words for the port scan detector. */
export const portScanWords: Catalogue = {
  'port-scan-vertical': {
    ...common,
    summary: (v) => `${v.source} a essayé en vain ${count(v.ports, 'port')} de ${v.target} ${tail(v)}`,
    nextStep: (v) =>
      `déterminer qui exploite ${v.source}, et regarder ce qu’il a fait sur les ports ouverts de ${v.target}`,
  },
  'port-scan-horizontal': {
    ...common,
    summary: (v) => `${v.source} a essayé en vain ${v.port} sur ${count(v.hosts, 'hôte')} ${tail(v)}`,
    nextStep: (v) => `déterminer qui exploite ${v.source}, et regarder sur quels hôtes ${v.port} a répondu`,
  },
  'port-scan-block': {
    ...common,
    summary: (v) =>
      `${v.source} a essayé en vain jusqu’à ${count(v.ports, 'port')} par hôte, et les mêmes ports sur ${count(v.hosts, 'hôte')} ${tail(v)}`,
    nextStep: (v) => `déterminer qui exploite ${v.source}, et regarder ce qu’il a fait sur les ports ouverts`,
  },
}
