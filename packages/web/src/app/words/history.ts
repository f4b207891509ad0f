const en = {
  sharedWithMe: 'Shared with me',
  sharedBy: 'By',
  level: 'How much',
  since: 'Since',
  sample: 'The upload page has a sample to try.',
  toUpload: 'To the upload page',
  sortBy: (column: string) => `Sort by ${column}`,
}
const fr: typeof en = {
  sharedWithMe: 'Partagés avec moi',
  sharedBy: 'Par',
  level: 'Jusqu’où',
  since: 'Depuis',
  sample: 'La page d’envoi propose un exemple.',
  toUpload: 'Vers la page d’envoi',
  sortBy: (column) => `Trier par ${column}`,
}

/** What the history says beside what stands everywhere. */
export const historyWords = { en, fr } as const
