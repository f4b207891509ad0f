import type { CaptureRefusal, RefusalType } from './validation.ts'

interface RefusalWords {
  readonly title: string
  readonly description: string
  readonly issue: (numbers: Readonly<Record<string, number>>) => string
  readonly suggestions: readonly string[]
}

const english: Readonly<Record<RefusalType, RefusalWords>> = {
  INSUFFICIENT_PACKETS: {
    title: 'Too few packets',
    description: 'An analysis compares packets with each other and needs at least two.',
    issue: ({ packets }) => `The capture holds ${packets} packet(s)`,
    suggestions: ['Capture for longer', 'Check that the capture filter matches the traffic', 'Check the interface'],
  },
  INVALID_TIMESTAMPS: {
    title: 'Times that cannot be right',
    description: 'Two packets that follow each other are more than a year apart.',
    issue: ({ days }) => `Times jump by ${days} days`,
    suggestions: ['Check the clock of the machine that captured', 'Do not merge captures of different years'],
  },
  DUPLICATE_PACKETS: {
    title: 'Mostly copies',
    description: 'More than half of the first packets are copies of others, with the same time and the same bytes.',
    issue: ({ copies, packets }) => `${copies} of the first ${packets} packets are copies`,
    suggestions: ['Remove copies: editcap -d in.pcap out.pcap', 'Mirror each port only once'],
  },
  INVALID_FORMAT: {
    title: 'Not a packet capture',
    description: 'The file begins like a capture but cannot be read as one.',
    issue: () => 'The header or the first record is damaged',
    suggestions: ['Open it in Wireshark and save it again as pcapng', 'Copy the file again: it may be incomplete'],
  },
  TOO_COSTLY: {
    title: 'Too costly to read',
    description: 'Reading the beginning of the file took more time or memory than is allowed.',
    issue: ({ seconds, megabytes }) => `More than ${seconds} seconds or ${megabytes} MB for the first packets`,
    suggestions: ['Open it in Wireshark and save it again as pcapng', 'Send it uncompressed'],
  },
}

const french: Readonly<Record<RefusalType, RefusalWords>> = {
  INSUFFICIENT_PACKETS: {
    title: 'Trop peu de paquets',
    description: 'Une analyse compare des paquets entre eux : il en faut au moins deux.',
    issue: ({ packets }) => `La capture contient ${packets} paquet(s)`,
    suggestions: ['Capturer plus longtemps', 'Vérifier le filtre de capture', "Vérifier l'interface"],
  },
  INVALID_TIMESTAMPS: {
    title: 'Horodatages impossibles',
    description: "Deux paquets successifs sont séparés de plus d'un an.",
    issue: ({ days }) => `Les horodatages sautent de ${days} jours`,
    suggestions: ["Vérifier l'horloge de la machine de capture", "Ne pas fusionner des captures d'années différentes"],
  },
  DUPLICATE_PACKETS: {
    title: 'Surtout des copies',
    description: 'Plus de la moitié des premiers paquets sont des copies, avec la même heure et les mêmes octets.',
    issue: ({ copies, packets }) => `${copies} des ${packets} premiers paquets sont des copies`,
    suggestions: [
      'Retirer les copies : editcap -d entree.pcap sortie.pcap',
      "Ne mettre chaque port en miroir qu'une fois",
    ],
  },
  INVALID_FORMAT: {
    title: 'Pas une capture de paquets',
    description: 'Le fichier commence comme une capture mais ne peut pas être lu.',
    issue: () => "L'en-tête ou le premier enregistrement est endommagé",
    suggestions: [
      'Ouvrir dans Wireshark et enregistrer en pcapng',
      'Copier à nouveau le fichier : il peut être incomplet',
    ],
  },
  TOO_COSTLY: {
    title: 'Lecture trop coûteuse',
    description: 'Lire le début du fichier a demandé plus de temps ou de mémoire que permis.',
    issue: ({ seconds, megabytes }) => `Plus de ${seconds} secondes ou de ${megabytes} Mo pour les premiers paquets`,
    suggestions: ['Ouvrir dans Wireshark et enregistrer en pcapng', "L'envoyer sans compression"],
  },
}

/** The structured answer to a capture that is refused. */
export function refusalBody({ type, numbers }: CaptureRefusal, language: string) {
  const words = (language === 'fr' ? french : english)[type]
  return {
    success: false,
    error: 'PCAP validation failed',
    detail: words.description,
    validation_details: {
      error_type: type,
      title: words.title,
      description: words.description,
      detected_issues: [words.issue(numbers)],
      suggestions: [...words.suggestions],
      wireshark_link: 'https://www.wireshark.org/docs/wsug_html_chunked/ChapterCapture.html',
    },
  }
}
