import type { Catalogue } from '../words.ts'
import { count, duration, percent } from './format.ts'

export const windowWords: Catalogue = {
  'tcp-receiver-full': {
    summary: (v) =>
      `${v.host} a fermé sa fenêtre de réception dans ${count(v.segments, 'segment')} de ${count(v.connections, 'connexion')}, les émetteurs ont dû attendre ${duration(v.costNs)}, ${duration(v.longestNs)} au plus`,
    nextStep: (v) =>
      `examiner ${v.host} : sa charge, et ce que fait l’application qui y reçoit pendant que la fenêtre est fermée`,
    hypotheses: {
      'slow-reader': {
        statement: 'l’application qui reçoit lit trop lentement',
        because: (v) => `son hôte a gardé la fenêtre fermée ${duration(v.costNs)}`,
      },
      network: {
        statement: 'le réseau est le goulot d’étranglement',
        because: (v) =>
          `les données étaient arrivées : ${count(v.segments, 'segment du récepteur dit', 'segments du récepteur disent')} que son tampon est plein`,
      },
      sender: {
        statement: 'l’émetteur est en cause',
        because: (v) => `il n’a pas le droit d’émettre dans une fenêtre fermée, et en a été averti ${v.segments} fois`,
      },
    },
  },
  'tcp-window-too-small': {
    summary: (v) =>
      `la fenêtre de réception de ${v.host} a freiné ${count(v.transfers, 'transfert')} : ${v.windowBytes} octets par aller-retour de ${duration(v.rttNs)}, soit ${String(v.megabitsPerSecond).replace('.', ',')} Mbit/s ; deux fois plus grande, elle ferait gagner ${duration(v.costNs)} si le chemin a de la place`,
    nextStep: (v) =>
      `augmenter le tampon de réception de ${v.host} ou laisser le système le régler, et vérifier que rien sur le chemin ne retire l’option de mise à l’échelle`,
    hypotheses: {
      window: {
        statement: 'la fenêtre de réception est trop petite pour l’aller-retour',
        because: (v) =>
          `l’émetteur l’avait remplie ${v.resumedFull} des ${v.resumes} fois où il a pu continuer (${percent(v.resumedFull, v.resumes)})`,
      },
      'slow-reader': {
        statement: 'l’application réceptrice lit trop lentement',
        because: (v) => `la fenêtre a été fermée ${v.zeroWindows} fois`,
      },
    },
  },
}
