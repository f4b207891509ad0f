export type Language = 'en' | 'fr'

/** What the page says. */
export interface Words {
  readonly title: string
  readonly promise: string
  readonly proof: (requests: number) => string
  readonly drop: string
  readonly choose: string
  readonly kinds: string
  readonly working: (name: string) => string
  readonly progress: (percent: number, packets: string) => string
  readonly cancel: string
  readonly again: string
  readonly save: string
  readonly refused: (name: string) => string
  readonly failed: string
}

export const words: Readonly<Record<Language, Words>> = {
  en: {
    title: 'Analyse privately',
    promise: 'The capture is read in this tab. Nothing is uploaded: the page has no permission to connect to anything.',
    proof: (requests) => (requests === 0 ? '0 bytes sent' : `${requests} requests since the capture was chosen`),
    drop: 'Drop a capture here',
    choose: 'or choose a file',
    kinds: 'pcap or pcapng, also compressed with gzip, zstd or lz4; up to 2 GB',
    working: (name) => `Reading ${name}`,
    progress: (percent, packets) => `${percent} %, ${packets} packets`,
    cancel: 'Cancel',
    again: 'Analyse another capture',
    save: 'Save the report as JSON',
    refused: (name) => `${name} cannot be analysed`,
    failed: 'The analysis stopped; the browser may have run out of memory.',
  },
  fr: {
    title: 'Analyser en privé',
    promise: 'La capture est lue dans cet onglet. Rien n’est envoyé : la page n’a le droit de se connecter à rien.',
    proof: (requests) => (requests === 0 ? '0 octet envoyé' : `${requests} requêtes depuis le choix de la capture`),
    drop: 'Déposez une capture ici',
    choose: 'ou choisissez un fichier',
    kinds: 'pcap ou pcapng, aussi compressé avec gzip, zstd ou lz4 ; jusqu’à 2 Go',
    working: (name) => `Lecture de ${name}`,
    progress: (percent, packets) => `${percent} %, ${packets} paquets`,
    cancel: 'Annuler',
    again: 'Analyser une autre capture',
    save: 'Enregistrer le rapport en JSON',
    refused: (name) => `${name} ne peut pas être analysé`,
    failed: 'L’analyse s’est arrêtée ; la mémoire du navigateur est peut-être épuisée.',
  },
}
