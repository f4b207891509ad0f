import { translations } from '../../language/translations.ts'

/** What the page about the program says. */
export const aboutWords = translations(
  {
    title: 'About',
    lead: 'PCAP Analyzer reads a packet capture once and answers with ranked findings, each with the frames that prove it.',
    version: 'Version',
    state: 'State of the service',
    up: 'Running for',
    hours: '{hours, number, ::.#} h',
    licence: 'Licence',
    documentation: 'Description of the interface for programs',
    privacy: 'Captures stay on this service and are deleted when they expire. Nothing is sent elsewhere.',
    keys: 'Keyboard',
  },
  {
    title: 'À propos',
    lead: 'PCAP Analyzer lit une capture une fois et répond par des constats classés, chacun avec les trames qui le prouvent.',
    version: 'Version',
    state: 'État du service',
    up: 'En marche depuis',
    hours: '{hours, number, ::.#} h',
    licence: 'Licence',
    documentation: 'Description de l’interface pour programmes',
    privacy: 'Les captures restent sur ce service et sont effacées à leur expiration. Rien n’est envoyé ailleurs.',
    keys: 'Clavier',
  },
)
