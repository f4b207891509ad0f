import type { Values } from '../../finding.ts'
import type { Catalogue } from '../words.ts'
import { count, duration } from './format.ts'

const megabytes = (bytes: number | string | undefined) => `${(Number(bytes) / 1e6).toFixed(1).replace('.', ',')} Mo`

/** Words for the detector of data leaving the site. */
export const exfiltrationWords: Catalogue = {
  exfiltration: {
    summary: (v) =>
      `${v.source} a envoyé ${megabytes(v.sentBytes)} à ${v.target}, à l’extérieur, et en a reçu ${megabytes(v.receivedBytes)}, surtout par ${v.service}, en ${count(v.flows, 'flux', 'flux')} et ${duration(v.durationNs)}`,
    nextStep: (v) =>
      `déterminer ce que ${v.source} a envoyé et qui exploite ${v.target} : nom dans le DNS ou TLS, programme, utilisateur, heure`,
    hypotheses: {
      oneSided: {
        statement: 'des données ont été emportées',
        because: (v) => `${megabytes(v.sentBytes)} sont sortis (seuil ${megabytes(v.least)}), ${ratio(v)}`,
      },
      unusualService: {
        statement: 'le service est inhabituel pour un envoi',
        because: (v) => `la plus grande part est allée à ${v.service}`,
      },
      conversation: {
        statement: 'c’est un appel ou un échange',
        because: (v) => `seuls ${megabytes(v.receivedBytes)} sont revenus`,
      },
    },
    innocentExplanations: [
      'une sauvegarde ou une synchronisation vers un stockage en nuage',
      'un fichier, une vidéo ou une image envoyés exprès ; une diffusion en direct',
      'une télémétrie ou des journaux envoyés à un service extérieur',
    ],
    confirmOrRefute: [
      'une destination qui appartient au service de sauvegarde ou de stockage employé réfute',
      'un volume qui correspond à un partage ou à une base, à une heure où personne ne travaille, confirme',
      'le même envoi chaque jour d’une capture plus longue ou de relevés de flux réfute',
    ],
  },
}

function ratio({ sentBytes, receivedBytes }: Values): string {
  const times = Number(receivedBytes) === 0 ? null : Math.round(Number(sentBytes) / Number(receivedBytes))
  return times === null ? 'rien n’est revenu' : `${times} fois ce qui est revenu`
}
