const en = {
  states: {
    waiting: 'waiting',
    hashing: 'its hash is computed',
    known: 'analysed before',
    sending: 'being sent',
    paused: 'paused',
    checking: 'the service looks at it',
    accepted: 'accepted',
    refused: 'refused',
  },
  percent: (percent: number) => `${percent} %`,
  pause: 'Pause',
  resume: 'Go on',
  again: 'Try again',
  analyseAnyway: 'Analyse it again',
  hash: 'SHA-256',
  tooLarge: (most: string) => `The file is larger than ${most}, the most that this service takes.`,
  sampleLead: 'Nothing at hand?',
  sample: 'Try a download that took seven seconds',
}
export type UploadWords = typeof en

const fr: UploadWords = {
  states: {
    waiting: 'en attente',
    hashing: 'calcul de son empreinte',
    known: 'déjà analysée',
    sending: 'envoi',
    paused: 'en pause',
    checking: 'le service l’examine',
    accepted: 'acceptée',
    refused: 'refusée',
  },
  percent: (percent) => `${percent} %`,
  pause: 'Pause',
  resume: 'Reprendre',
  again: 'Réessayer',
  analyseAnyway: 'L’analyser à nouveau',
  hash: 'SHA-256',
  tooLarge: (most) => `Le fichier dépasse ${most}, le maximum que ce service accepte.`,
  sampleLead: 'Rien sous la main ?',
  sample: 'Essayez un téléchargement qui a duré sept secondes',
}

/** What the page of uploads says. */
export const uploadWords = { en, fr } as const
