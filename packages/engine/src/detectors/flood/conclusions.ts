import type { Conclusion } from '../../finding.ts'
import { mostSevere, securityConclusion, severityOf } from '../support/security-conclusion.ts'
import {
  allVictims,
  answeredOf,
  type FloodKind,
  type FloodState,
  MOST_SOURCES,
  type Unanswered,
  type Victim,
} from './flood-state.ts'

export interface FloodThresholds {
  /** Packets a second, by kind. */
  readonly rates: Readonly<Record<FloodKind, number>>
  readonly windowSeconds: number
  readonly answeredShare: number
}

/** Ports of one victim that few sources try: a scan, which the port scan detector tells. */
const SCANNED_PORTS = 32
const FEW_SOURCES = 3
/** One-way media is a single flow too; only so many times the rate makes one a flood. */
const SINGLE_FLOW_FACTOR = 10
const REFLECTORS = 10
const ECHO_FACTOR = 10

const techniques: Readonly<Record<FloodKind, string>> = {
  'syn-flood': 'T1499.001',
  'udp-flood': 'T1498.001',
  'icmp-flood': 'T1498.001',
  'amplification-flood': 'T1498.002',
}

export function concludeFloods(state: FloodState, thresholds: FloodThresholds): Conclusion[] {
  const found: Conclusion[] = []
  for (const victim of allVictims(state)) {
    const conclusion = conclude(victim, thresholds)
    if (conclusion !== null) found.push(conclusion)
  }
  return mostSevere(found)
}

interface Span {
  /** Seconds with something unanswered, ascending. */
  readonly seconds: readonly number[]
  readonly unanswered: number
  readonly answered: number
  readonly peak: number
}

function conclude(victim: Victim, thresholds: FloodThresholds): Conclusion | null {
  const { unanswered: silent } = victim
  if (silent === null) return null
  const rate = requiredRate(victim.kind, silent, thresholds)
  if (rate === null) return null
  const span = floodedSpan(victim, silent, rate, thresholds.windowSeconds)
  if (span === null) return null
  const { unanswered, answered, peak, seconds } = span
  // an echo request is counted when it is sent, its answer beside it; a flood that is answered to the last still is one at ten times the rate
  const isEcho = victim.kind === 'icmp-flood'
  const requests = isEcho ? unanswered : unanswered + answered
  const isAnswered = answered > thresholds.answeredShare * requests
  if (isAnswered && !(isEcho && peak >= ECHO_FACTOR * rate)) return null
  const sources = silent.sources.size
  const sourceCount = sources >= MOST_SOURCES ? `≥ ${MOST_SOURCES}` : `${sources}`
  return securityConclusion({
    kind: victim.kind,
    subject: victim.address,
    severity: severityOf(peak, rate),
    confidence: unanswered >= 2 * rate * thresholds.windowSeconds ? 'high' : 'medium',
    attack: [techniques[victim.kind]],
    frames: seconds.flatMap((second) => silent.seconds.get(second)?.frames ?? []),
    values: {
      target: victim.address,
      port: silent.ports.size === 1 && !silent.ports.has(0) ? [...silent.ports][0] : '',
      packets: unanswered,
      peak,
      sources: sourceCount,
      startNs: seconds[0] * 1e9,
      seconds: seconds[seconds.length - 1] - seconds[0] + 1,
    },
    hypotheses: [
      {
        id: 'flood',
        accepted: true,
        values: { unanswered: isEcho ? Math.max(0, unanswered - answered) : unanswered, requests },
      },
      { id: 'manyClients', accepted: false, values: { answered, requests } },
    ],
    needs: ['both-directions', 'no-capture-drops'],
  })
}

/** The rate from which this victim is flooded; null when what it gets is something else. */
function requiredRate(kind: FloodKind, { ports, sources }: Unanswered, { rates }: FloodThresholds): number | null {
  const rate = rates[kind]
  if (kind === 'syn-flood') return ports.size > SCANNED_PORTS && sources.size <= FEW_SOURCES ? null : rate
  if (kind === 'udp-flood') return sources.size <= 1 && ports.size <= 1 ? rate * SINGLE_FLOW_FACTOR : rate
  if (kind === 'amplification-flood') return sources.size < REFLECTORS ? null : rate
  return rate
}

/** The seconds from the first to the last window in which the rate is reached; null when there is none. */
function floodedSpan(
  victim: Victim,
  { seconds: bySecond }: Unanswered,
  rate: number,
  windowSeconds: number,
): Span | null {
  let all = 0
  for (const { packets } of bySecond.values()) all += packets
  if (all < rate * windowSeconds) return null
  const seconds = [...bySecond.keys()].sort((a, b) => a - b)
  const counts = seconds.map((second) => bySecond.get(second)?.packets ?? 0)
  let first = -1
  let last = -1
  let start = 0
  let inWindow = 0
  for (let end = 0; end < seconds.length; end++) {
    inWindow += counts[end]
    while (seconds[end] - seconds[start] >= windowSeconds) inWindow -= counts[start++]
    if (inWindow < rate * windowSeconds) continue
    if (first < 0) first = start
    last = end
  }
  if (first < 0) return null
  const within = counts.slice(first, last + 1)
  let answeredWithin = 0
  for (const [second, count] of answeredOf(victim)) {
    if (second >= seconds[first] && second <= seconds[last]) answeredWithin += count
  }
  return {
    seconds: seconds.slice(first, last + 1),
    unanswered: within.reduce((sum, count) => sum + count, 0),
    answered: answeredWithin,
    peak: Math.max(...within),
  }
}
