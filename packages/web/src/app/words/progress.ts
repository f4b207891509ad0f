const en = {
  rate: 'Rate',
  perSecond: (packets: string) => `${packets} packets/s`,
  left: 'Time left',
  about: (seconds: string) => `about ${seconds} s`,
  soon: 'a moment',
  unknown: '–',
  provisional: 'First findings',
  provisionalNote: 'From the beginning of the capture; they may change until all of it was read.',
  sealed: 'The findings are sealed in the report.',
}
const fr: typeof en = {
  rate: 'Débit',
  perSecond: (packets) => `${packets} paquets/s`,
  left: 'Temps restant',
  about: (seconds) => `environ ${seconds} s`,
  soon: 'un instant',
  unknown: '–',
  provisional: 'Premiers constats',
  provisionalNote: 'D’après le début de la capture ; ils peuvent changer tant que tout n’est pas lu.',
  sealed: 'Les constats sont scellés dans le rapport.',
}

/** What the page of progress says beside what stands everywhere. */
export const progressWords = { en, fr } as const
