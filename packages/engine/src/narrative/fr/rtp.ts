import type { Catalogue } from '../words.ts'
import { count, duration, percent } from './format.ts'

export const rtpWords: Catalogue = {
  'rtp-jitter': {
    summary: (v) =>
      `le flux RTP de ${v.sender} vers ${v.receiver} atteint une gigue de ${duration(v.jitterNs)} (RFC 3550) ; elle gêne à partir de ${duration(v.limitNs)}`,
    nextStep:
      'chercher des files d’attente sur le chemin (voix sans priorité, lien montant saturé, radio), et examiner le tampon de gigue du récepteur',
    hypotheses: {
      network: {
        statement: 'le temps de trajet varie jusqu’au point de capture',
        because: (v) =>
          `l’arrivée s’écarte de l’horloge de l’émetteur de ${duration(v.jitterNs)} au plus, après lissage`,
      },
      'sender-pauses': {
        statement: 'l’émetteur a seulement fait des pauses',
        because: (v) => `ses horodatages (${v.clockRate} Hz) comptent aussi les pauses, qui sont déduites`,
      },
    },
  },
  'rtp-loss': {
    summary: (v) =>
      `il manque au flux RTP de ${v.sender} vers ${v.receiver} ${count(v.lost, 'paquet')} sur ${v.expected} (${percent(v.lost, v.expected)}), en ${count(v.gaps, 'trou')}`,
    nextStep:
      'capturer plus près de l’émetteur pour trouver où ils se perdent ; relever les rejets des files et les erreurs de duplex ou de radio',
    hypotheses: {
      lost: {
        statement: 'des paquets se sont perdus avant le point de capture',
        because: (v) => `${count(v.gaps, 'trou')} dans les numéros de séquence`,
      },
      reordered: {
        statement: 'ils sont seulement arrivés tard',
        because: (v) =>
          `${count(v.late, 'paquet arrivé', 'paquets arrivés')} tard, non ${Number(v.late) < 2 ? 'compté comme perdu' : 'comptés comme perdus'}`,
      },
    },
  },
}
