import type { Catalogue } from '../words.ts'
import { count, duration, percent } from './format.ts'

/** Words for the detector of HTTP floods. */
export const httpFloodWords: Catalogue = {
  'http-flood': {
    summary: (v) =>
      `le serveur web ${v.server} a été inondé de ${count(v.requests, 'requête')} : jusqu’à ${v.peak}/s de ${count(v.sources, 'client')}, pendant ${count(v.seconds, 'seconde')} à partir de ${duration(v.startNs)} dans la capture ; ${percent(v.served, v.requests)} ont été servies`,
    nextStep: (v) =>
      `limiter les requêtes par client devant ${v.server}, laisser un cache répondre à ${v.path}, et voir dans son journal ce que les clients ont en commun`,
    hypotheses: {
      flood: {
        statement: 'des programmes ne demandent que pour occuper le serveur',
        because: (v) =>
          `${percent(v.samePath, v.all)} des requêtes sont « ${v.path} », jusqu’à ${v.peak}/s de ${count(v.sources, 'client')}`,
      },
      popular: {
        statement: 'le serveur est simplement fréquenté',
        because: (v) =>
          `il a servi ${v.served} requêtes sur ${v.requests}, et les visiteurs demandent plus d’une chose`,
      },
    },
    innocentExplanations: [
      'un test de charge maison',
      'un client défectueux qui redemande aussitôt qu’il n’a pas de réponse',
      'une page mentionnée là où beaucoup de gens lisent',
    ],
    confirmOrRefute: [
      'des clients qui ne demandent jamais images ni styles ne sont pas des navigateurs',
      'le même User-Agent et les mêmes en-têtes depuis beaucoup de réseaux parlent pour un seul programme',
      'voir si le débit a monté d’un coup, et si les vrais visiteurs étaient servis pendant ce temps',
    ],
  },
}
