const en = {
  rate: 'Rate',
  perSecond: (packets: string) => `${packets} packets/s`,
  left: 'Time left',
  about: (seconds: string) => `about ${seconds} s`,
  soon: 'a moment',
  unknown: '–',
  attempt: 'Attempt',
  hash: 'SHA-256',
}
const fr: typeof en = {
  rate: 'Débit',
  perSecond: (packets) => `${packets} paquets/s`,
  left: 'Temps restant',
  about: (seconds) => `environ ${seconds} s`,
  soon: 'un instant',
  unknown: '–',
  attempt: 'Essai',
  hash: 'SHA-256',
}

/** What the page of progress says beside what stands everywhere. */
export const progressWords = { en, fr } as const
