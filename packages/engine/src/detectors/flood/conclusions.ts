import type { Conclusion } from '../../finding.ts'
import { mostSevere, securityConclusion, severityOf } from '../support/security-conclusion.ts'
import { type FloodKind, type FloodSecond, type FloodState, MOST_SOURCES, type Victim } from './flood-state.ts'

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
  for (const victim of state.victims.values()) {
    const conclusion = conclude(victim, thresholds)
    if (conclusion !== null) found.push(conclusion)
  }
  return mostSevere(found)
}

interface Span {
  readonly seconds: readonly (FloodSecond & { second: number })[]
  readonly unanswered: number
  readonly answered: number
  readonly peak: number
}

function conclude(victim: Victim, thresholds: FloodThresholds): Conclusion | null {
  const rate = requiredRate(victim, thresholds)
  if (rate === null) return null
  const span = floodedSpan(victim, rate, thresholds.windowSeconds)
  if (span === null) return null
  const { unanswered, answered, peak, seconds } = span
  // an echo request is counted when it is sent, its answer beside it; a flood that is answered to the last still is one at ten times the rate
  const isEcho = victim.kind === 'icmp-flood'
  const requests = isEcho ? unanswered : unanswered + answered
  const isAnswered = answered > thresholds.answeredShare * requests
  if (isAnswered && !(isEcho && peak >= ECHO_FACTOR * rate)) return null
  const sources = victim.sources.size
  const sourceCount = sources >= MOST_SOURCES ? `≥ ${MOST_SOURCES}` : `${sources}`
  return securityConclusion({
    kind: victim.kind,
    subject: victim.address,
    severity: severityOf(peak, rate),
    confidence: unanswered >= 2 * rate * thresholds.windowSeconds ? 'high' : 'medium',
    attack: [techniques[victim.kind]],
    frames: seconds.flatMap(({ frames }) => frames),
    values: {
      target: victim.address,
      port: victim.ports.size === 1 ? [...victim.ports][0] : '',
      packets: unanswered,
      peak,
      sources: sourceCount,
      startNs: seconds[0].second * 1e9,
      seconds: seconds[seconds.length - 1].second - seconds[0].second + 1,
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
function requiredRate({ kind, ports, sources }: Victim, { rates }: FloodThresholds): number | null {
  const rate = rates[kind]
  if (kind === 'syn-flood') return ports.size > SCANNED_PORTS && sources.size <= FEW_SOURCES ? null : rate
  if (kind === 'udp-flood') return sources.size <= 1 && ports.size <= 1 ? rate * SINGLE_FLOW_FACTOR : rate
  if (kind === 'amplification-flood') return sources.size < REFLECTORS ? null : rate
  return rate
}

/** The seconds from the first to the last window of which the rate is reached; null when none is. */
function floodedSpan(victim: Victim, rate: number, windowSeconds: number): Span | null {
  const seconds = [...victim.seconds]
    .map(([second, entry]) => ({ second, ...entry }))
    .filter(({ unanswered, answered }) => unanswered + answered > 0)
    .sort((a, b) => a.second - b.second)
  let first = -1
  let last = -1
  let start = 0
  let inWindow = 0
  for (let end = 0; end < seconds.length; end++) {
    inWindow += seconds[end].unanswered
    while (seconds[end].second - seconds[start].second >= windowSeconds) inWindow -= seconds[start++].unanswered
    if (inWindow < rate * windowSeconds) continue
    if (first < 0) first = start
    last = end
  }
  if (first < 0) return null
  const loud = seconds.slice(first, last + 1).filter(({ unanswered }) => unanswered > 0)
  const within = seconds.slice(first, last + 1)
  return {
    seconds: loud,
    unanswered: within.reduce((sum, { unanswered }) => sum + unanswered, 0),
    answered: within.reduce((sum, { answered }) => sum + answered, 0),
    peak: Math.max(...loud.map(({ unanswered }) => unanswered)),
  }
}
