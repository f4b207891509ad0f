import { translations } from '../../language/translations.ts'

/** What the page of progress says beside what stands everywhere. */
export const progressWords = translations(
  {
    rate: 'Rate',
    perSecond: '{packets, number, ::.} packets/s',
    left: 'Time left',
    about: 'about {duration}',
    soon: 'a moment',
    unknown: '–',
    provisional: 'First findings',
    provisionalNote: 'From the beginning of the capture; they may change until all of it was read.',
    'severities.critical': 'Critical',
    'severities.high': 'High',
    'severities.medium': 'Medium',
    'severities.low': 'Low',
    'severities.info': 'Info',
    packetsRead: '{packets, plural, one {# packet} other {# packets}}',
    sealed: 'The findings are sealed in the report.',
  },
  {
    rate: 'Débit',
    perSecond: '{packets, number, ::.} paquets/s',
    left: 'Temps restant',
    about: 'environ {duration}',
    soon: 'un instant',
    unknown: '–',
    provisional: 'Premiers constats',
    provisionalNote: 'D’après le début de la capture ; ils peuvent changer tant que tout n’est pas lu.',
    'severities.critical': 'Critique',
    'severities.high': 'Élevée',
    'severities.medium': 'Moyenne',
    'severities.low': 'Faible',
    'severities.info': 'Info',
    packetsRead: '{packets, plural, one {# paquet} other {# paquets}}',
    sealed: 'Les constats sont scellés dans le rapport.',
  },
)
