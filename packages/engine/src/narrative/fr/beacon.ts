import type { Catalogue } from '../words.ts'
import { count, duration, percent } from './format.ts'

/** Words for the beacon detector. */
export const beaconWords: Catalogue = {
  beacon: {
    summary: (v) =>
      `${v.source} s’adresse à ${v.target} ${v.service} toutes les ${duration(v.medianNs)} (± ${duration(v.deviationNs)}, ${count(v.beats, 'battement')})`,
    nextStep: (v) =>
      `trouver le programme de ${v.source} qui ouvre ces connexions, et déterminer qui exploite ${v.target}`,
    hypotheses: {
      timer: {
        statement: 'un programme appelle sur minuterie',
        because: (v) =>
          `${percent(v.regular, 1)} des intervalles correspondent à ${duration(v.medianNs)} ; coefficient de variation ${String(v.variation).replace('.', ',')}`,
      },
      person: {
        statement: 'une personne travaille avec le service',
        because: (v) =>
          `les intervalles d’une personne varient à peu près autant qu’ils durent, ceux-ci de ${percent(v.variation, 1)}`,
      },
    },
    innocentExplanations: [
      'un programme qui cherche des mises à jour, du courrier ou des nouvelles, ou qui signale son état',
      'la supervision d’un service extérieur',
      'une page web restée ouverte qui se rafraîchit d’elle-même',
    ],
    confirmOrRefute: [
      'le nom dans le DNS, le SNI ou le certificat dit qui est appelé ; un nom inconnu ou tout récent plaide pour un logiciel malveillant',
      'des demandes et réponses dont la taille ne varie guère confirment ; un contenu qui change selon l’heure réfute',
      'un programme livré avec le système ou un produit connu réfute',
    ],
  },
}
