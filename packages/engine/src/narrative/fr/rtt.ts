import type { Catalogue } from '../words.ts'
import { count, decimal, duration, kilobytes } from './format.ts'

export const rttWords: Catalogue = {
  bufferbloat: {
    summary: (v) =>
      `une file d’attente se remplit sous la charge : l’aller-retour de ${v.sender} à ${v.receiver} est passé de ${duration(v.baseNs)} à ${duration(v.longestNs)} (${duration(v.meanNs)} en moyenne sur ${count(v.samples, 'mesure')}) avec jusqu’à ${kilobytes(v.mostInFlight)} en vol à ${decimal(v.megabitsPerSecond)} Mbit/s${
        v.responses === 0
          ? ''
          : ` ; ${count(v.responses, 'réponse HTTP l’a attendue', 'réponses HTTP l’ont attendue')}, ${duration(v.waitedNs)} au total`
      }`,
    nextStep: (v) =>
      `faire gérer sa file par l’équipement placé avant le lien lent emprunté par ${v.sender} (fq_codel, CAKE : RFC 8290), ou limiter le transfert juste sous ${decimal(v.megabitsPerSecond)} Mbit/s`,
    hypotheses: {
      queue: {
        statement: 'les données attendent dans une file avant le lien le plus lent',
        because: (v) =>
          `octets en vol et aller-retour croissent ensemble : corrélation ${decimal(v.correlation)} sur ${count(v.samples, 'mesure')}`,
      },
      distance: {
        statement: 'l’autre extrémité est loin',
        because: (v) => `sans charge, l’établissement a pris ${duration(v.baseNs)}`,
      },
      'late-acknowledgments': {
        statement: 'le récepteur acquitte tard',
        because: (v) =>
          `${kilobytes(v.meanInFlight)} étaient en vol en moyenne et acquittés en flux continu : personne n’attend la suite`,
      },
      server: {
        statement: 'les serveurs ont réfléchi longtemps aux requêtes faites pendant ce temps',
        because: (v) =>
          `${count(v.responses, 'réponse HTTP n’a pas duré', 'réponses HTTP n’ont pas duré')} plus que la file, jusqu’à ${duration(v.longestNs)}`,
      },
    },
  },
}
