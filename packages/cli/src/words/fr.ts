import { countText } from '../terminal/units.ts'
import type { SummaryWords } from './summary-words.ts'

export const french: SummaryWords = {
  labels: {
    format: 'Type',
    span: 'Période',
    packets: 'Paquets',
    hosts: 'Hôtes',
    protocols: 'Protocoles',
    topPairs: 'Paires',
    tcpTshark: 'TCP, tshark',
    tcpOurs: 'TCP, nous',
    time: 'Temps',
    quality: 'Qualité',
    health: 'Santé',
    findings: 'Constats',
    cost: 'coût',
    because: 'car',
    ruledOut: 'écarté',
    limited: 'limité',
    frames: 'trames',
    filter: 'filtre',
    next: 'suite',
    notSeen: 'Non vu',
    notComplete: 'Incomplet',
    report: 'Rapport',
  },
  severities: { info: 'INFO', low: 'FAIBLE', medium: 'MOYEN', high: 'ÉLEVÉ', critical: 'CRITIQUE' },
  confidences: { low: 'faible', medium: 'moyenne', high: 'élevée' },
  standardInput: 'entrée standard',
  noCount: 'aucun qui puisse être compté',
  nothingRemarkable: 'rien de remarquable',
  noPackets: 'la capture ne contient aucun paquet : rien ne peut en être dit',
  measure,
  moreFiles: (count) => ` et ${count} autres fichiers`,
  more: (count) => ` et ${count} de plus`,
  packets: (count) => counted(count, 'paquet', 'paquets'),
  flows: (count) => `${measure(countText(count))} flux`,
  tcpStreams: (count) => `${measure(countText(count))} flux TCP`,
  udpStreams: (count) => `${measure(countText(count))} flux UDP`,
  notDecoded: (linkType, packets) => ` (le type de lien ${linkType} n’est pas décodé : ${packets})`,
  span: (from, to, duration, isOrdered) =>
    `du ${from} au ${to} (${measure(duration)}${isOrdered ? '' : ', pas dans l’ordre du temps'})`,
  onTheWire: (packets, bytes) => `${measure(packets)} (${measure(bytes)} sur le réseau`,
  cut: (captured, packets) => `, ${measure(captured)} capturés : ${packets} tronqués`,
  pairsShown: (shown, total) => ` (${shown} paires montrées sur ${measure(total)})`,
  waited: (duration, answers, verdict) =>
    `${measure(duration)} d’attente pour ${counted(answers, 'réponse', 'réponses')} : ${verdict}`,
  notTold: (kind, because) => `tu : ${kind} (${because.join(' ; ')})`,
  nothingFound: (packets, analyzers) =>
    `aucun problème trouvé dans ${packets} (${counted(analyzers, 'analyseur a cherché', 'analyseurs ont cherché')})`,
  head: (shown, total, isFull, isCut) =>
    `Constats, le plus coûteux d’abord${isCut ? ` (${shown} sur ${measure(total)} ; ${isFull ? 'le rapport est limité' : '--full ou le rapport en montre plus'})` : ''}`,
  confidence: (confidence, view) =>
    `(confiance ${confidence}${view === null ? '' : view === 'ours' ? ', selon notre décompte' : ', selon le décompte de tshark 4.0.17'})`,
  evidenceByFilter: (total) => `${counted(total, 'élément', 'éléments')} de preuve, par le filtre`,
  longFilter: (frames) =>
    `de ${counted(frames, 'trame', 'trames')}, trop long ici : --full l’affiche, le rapport le contient, pcap-analyzer evidence écrit les trames`,
  shownOf: (shown, total) => ` (${shown} sur ${measure(total)})`,
  sectionView: (view) => (view === 'ours' ? ' (notre vue)' : ' (vue de tshark 4.0.17)'),
  limitReached: (limit, count) => `la limite ${limit} a été atteinte (${measure(count)} laissés de côté)`,
  unreadable: (name, status, byteOffset, frame, why) =>
    `${name} est ${status === 'truncated' ? 'tronqué' : 'endommagé'} : lu jusqu’à l’octet ${byteOffset}, trame ${frame}${why}`,
  headersStopped: (parts) => `en-têtes qui n’ont pu être lus jusqu’au bout : ${parts.join(', ')}`,
  yes: 'oui',
  no: 'non',
}

function counted(count: number, singular: string, plural: string): string {
  return `${measure(countText(count))} ${count < 2 ? singular : plural}`
}

/** Thousands apart, a decimal comma, units in French. */
function measure(english: string): string {
  return english
    .replace(/,(?=\d{3})/g, '\u202f')
    .replace(/(\d)\.(\d)/g, '$1,$2')
    .replace(/\bbytes?\b/, (unit) => (unit === 'byte' ? 'octet' : 'octets'))
    .replace(/([KMGT])iB\b/, '$1io')
    .replace('packets/s', 'paquets/s')
}
