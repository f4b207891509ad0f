import { valueIn } from '@pcap-analyzer/engine/labels'

/** Words of tshark's packet list for the bits of its verdicts, in the order of the engine's `analysisFlagNames`. */
export const verdictWords: readonly string[] = [
  'TCP Retransmission',
  'TCP Fast Retransmission',
  'TCP Spurious Retransmission',
  'TCP Out-Of-Order',
  'TCP Dup ACK',
  'TCP Previous segment not captured',
  'TCP ACKed unseen segment',
  'TCP ZeroWindow',
  'TCP ZeroWindowProbe',
  'TCP ZeroWindowProbeAck',
  'TCP Window Full',
  'TCP Window Update',
  'TCP Keep-Alive',
  'TCP Keep-Alive ACK',
  'TCP Port numbers reused',
]

/** Our view of a segment, in the order of the engine's `lossNames`. */
export const lossWords: readonly string[] = [
  '',
  'capture duplicate',
  'lost before the capture point',
  'lost after the capture point',
  'reordered',
  'needless',
  'ambiguous',
]

const flagWords: readonly (readonly [bit: number, name: string])[] = [
  [0x02, 'SYN'],
  [0x01, 'FIN'],
  [0x04, 'RST'],
  [0x08, 'PSH'],
  [0x10, 'ACK'],
  [0x20, 'URG'],
  [0x40, 'ECE'],
  [0x80, 'CWR'],
]

/** Verdicts and our view of a segment, as people search for them. */
export function remarksOf(verdicts: number, loss: number, language: 'en' | 'fr'): string[] {
  const said = verdictWords.filter((_, bit) => (verdicts & (1 << bit)) !== 0)
  return loss > 0 ? [...said, valueIn(language, lossWords[loss])] : said
}

/** Flags of a segment: `SYN ACK`. */
export function flagsText(flags: number): string {
  return flagWords
    .filter(([bit]) => (flags & bit) !== 0)
    .map(([, name]) => name)
    .join(' ')
}
