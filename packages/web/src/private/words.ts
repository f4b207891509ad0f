import { translations } from '../language/translations.ts'

/** What the page says. */
export const words = translations(
  {
    title: 'Analyse privately',
    promise: 'The capture is read in this tab. Nothing is uploaded: the page has no permission to connect to anything.',
    proof:
      '{requests, plural, =0 {0 bytes sent} one {# request since the capture was chosen} other {# requests since the capture was chosen}}',
    drop: 'Drop a capture here',
    choose: 'or choose a file',
    kinds: 'pcap or pcapng, also compressed with gzip, zstd or lz4; up to 2 GB',
    working: 'Reading {name}',
    progress: '{percent, number} %, {packets, plural, one {# packet} other {# packets}}',
    cancel: 'Cancel',
    again: 'Analyse another capture',
    save: 'Save the report as JSON',
    refused: '{name} cannot be analysed',
    failed: 'The analysis stopped; the browser may have run out of memory.',
  },
  {
    title: 'Analyser en privé',
    promise: 'La capture est lue dans cet onglet. Rien n’est envoyé : la page n’a le droit de se connecter à rien.',
    proof:
      '{requests, plural, =0 {0 octet envoyé} one {# requête depuis le choix de la capture} other {# requêtes depuis le choix de la capture}}',
    drop: 'Déposez une capture ici',
    choose: 'ou choisissez un fichier',
    kinds: 'pcap ou pcapng, aussi compressé avec gzip, zstd ou lz4 ; jusqu’à 2 Go',
    working: 'Lecture de {name}',
    progress: '{percent, number} %, {packets, plural, one {# paquet} other {# paquets}}',
    cancel: 'Annuler',
    again: 'Analyser une autre capture',
    save: 'Enregistrer le rapport en JSON',
    refused: '{name} ne peut pas être analysé',
    failed: 'L’analyse s’est arrêtée ; la mémoire du navigateur est peut-être épuisée.',
  },
)
