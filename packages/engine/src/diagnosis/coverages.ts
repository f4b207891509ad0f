import type { Conclusion } from '../finding.ts'

/** Findings that tell the same as others of a kind. */
export interface Coverage {
  readonly kinds: readonly string[]
  readonly by: readonly string[]
  /** Whether these others tell all of it; always, when left out. */
  readonly when?: (one: Conclusion, others: readonly Conclusion[]) => boolean
  /** The covered finding gives a wrong cause, and is dropped. */
  readonly isWrong?: true
}

const scans = ['port-scan-vertical', 'port-scan-horizontal', 'port-scan-block']
const floods = ['syn-flood', 'udp-flood', 'icmp-flood', 'amplification-flood']
const retries = ['tcp-syn-retried', 'tcp-no-answer', 'tcp-half-open']

/** Who covers whom. Sums over the capture come first, then causes that explain other findings. */
export const coverages: readonly Coverage[] = [
  { kinds: ['tcp-retransmissions'], by: ['tcp-loss', ...retries] },
  { kinds: ['tcp-retransmissions'], by: ['tcp-syn-retransmissions'], when: provesAll },
  {
    kinds: ['tcp-retransmissions', 'tcp-syn-retransmissions'],
    by: ['capture-duplicates'],
    // tshark calls a packet retransmitted that the capture holds twice
    when: ({ values }) => values.duplicates === values.retransmissions,
  },
  { kinds: ['tcp-zero-window'], by: ['tcp-receiver-full'] },
  { kinds: ['tcp-syn-retransmissions'], by: retries },
  {
    kinds: ['tcp-syn-retransmissions', 'tcp-retransmissions'],
    by: ['tcp-refused'],
    when: (_, others) => others.some(hasCost),
  },
  { kinds: ['tcp-syn-unanswered'], by: ['tcp-no-answer'] },
  { kinds: ['tcp-connection-refused'], by: ['tcp-refused'] },
  { kinds: ['tcp-resets'], by: ['tcp-reset-handshake', 'tcp-reset-request', 'tcp-reset-transfer', 'tcp-refused'] },
  { kinds: ['arp-conflict'], by: ['arp-spoofing'] },
  { kinds: ['answer-awaited'], by: ['server-slow', 'http-slow-server'] },
  { kinds: ['answer-awaited'], by: ['dns-unanswered', 'dns-slow'], when: ({ key }) => key.endsWith(':53') },
  // segments that nobody acknowledged were not lost one by one
  { kinds: ['tcp-loss'], by: ['path-mtu-black-hole', 'tcp-peer-silent'], when: provesAll },
  // while a window is closed nothing is sent
  { kinds: ['capture-silent'], by: ['tcp-receiver-full'], when: bordersAll, isWrong: true },
  // the client's alert says what the certificate shows
  { kinds: ['tls-alerts'], by: ['tls-certificate-expired'], when: isOnlyAboutEnd },
  // a flooded server is slow and sends errors on purpose of others
  { kinds: ['http-server-errors', 'http-slow-server'], by: ['http-flood'] },
  // a flood or a scan makes the mean rate that a silence is measured by
  { kinds: ['capture-silent'], by: [...floods, ...scans] },
  // a larger window would only fill the queue more
  { kinds: ['tcp-window-too-small'], by: ['bufferbloat'], when: isOfReceiver, isWrong: true },
  // a scanner is refused and not answered on purpose
  {
    kinds: ['tcp-refused', 'tcp-no-answer', 'tcp-half-open', 'icmp-unreachable'],
    by: scans,
    when: isDoneBy,
    isWrong: true,
  },
  // answers that waited in a queue do not tell of their servers
  {
    kinds: ['http-slow-server', 'server-slow', 'answer-awaited'],
    by: ['bufferbloat'],
    when: isExplained,
    isWrong: true,
  },
]

/** Findings that may tell a part of a sum; the sum keeps the rest of the cost. */
export const partsOf: Readonly<Record<string, readonly string[]>> = {
  'tcp-loss': ['path-mtu-black-hole', 'tcp-peer-silent'],
}

function hasCost({ costNs }: Conclusion): boolean {
  return costNs !== null
}

/** True when all frames that prove it are told, and prove one of the others too. */
function provesAll({ evidence: { frames, total } }: Conclusion, others: readonly Conclusion[]): boolean {
  const told = new Set(others.flatMap(({ evidence }) => evidence.frames))
  return frames.length === total && frames.every((frame) => told.has(frame))
}

/** True when each frame that proves it proves one of the others too, or stands beside a frame that does. */
function bordersAll({ evidence: { frames, total } }: Conclusion, others: readonly Conclusion[]): boolean {
  const told = new Set(others.flatMap(({ evidence }) => evidence.frames))
  return frames.length === total && frames.every((frame) => [frame - 1, frame, frame + 1].some((one) => told.has(one)))
}

function isExplained({ evidence: { frames, total } }: Conclusion, others: readonly Conclusion[]): boolean {
  const explained = new Set(others.flatMap(({ explains = [] }) => explains))
  return frames.length === total && frames.every((frame) => explained.has(frame))
}

/** True when it is all the doing of hosts that the others are about. */
function isDoneBy({ causedBy }: Conclusion, others: readonly Conclusion[]): boolean {
  const sources = new Set(others.map(({ values }) => values.source))
  return causedBy?.every((host) => sources.has(host)) ?? false
}

function isOfReceiver({ values }: Conclusion, others: readonly Conclusion[]): boolean {
  return others.some((other) => other.values.receiver === values.host)
}

function isOnlyAboutEnd({ values, evidence }: Conclusion, others: readonly Conclusion[]): boolean {
  const ended = others.reduce((sum, other) => sum + other.evidence.total, 0)
  return String(values.most).includes('certificate_expired') && evidence.total <= ended
}
