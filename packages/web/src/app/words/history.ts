import { translations } from '../../language/translations.ts'

/** What the history says beside what stands everywhere. */
export const historyWords = translations(
  {
    sharedWithMe: 'Shared with me',
    sharedBy: 'By',
    level: 'How much',
    since: 'Since',
    sample: 'The upload page has a sample to try.',
    toUpload: 'To the upload page',
    sortBy: 'Sort by {column}',
  },
  {
    sharedWithMe: 'Partagés avec moi',
    sharedBy: 'Par',
    level: 'Jusqu’où',
    since: 'Depuis',
    sample: 'La page d’envoi propose un exemple.',
    toUpload: 'Vers la page d’envoi',
    sortBy: 'Trier par {column}',
  },
)
