import type { Conclusion } from '../../finding.ts'
import { mostSevere, securityConclusion, severityOf } from '../support/security-conclusion.ts'
import type { AskedServer, HttpFloodState } from './requests.ts'

export interface HttpFloodThresholds {
  /** Requests a second. */
  readonly rate: number
  readonly windowSeconds: number
  readonly servedShare: number
  readonly samePathShare: number
}

/** Requests a second of each client from which on no person clicks. */
const CLIENT_RATE = 5
/** A burst that is shorter is a page with many parts, or requests in a pipeline. */
const LEAST_SECONDS = 3

/** Servers that are asked more than they can serve, or the same thing again and again by programs. */
export function concludeHttpFloods(state: HttpFloodState, thresholds: HttpFloodThresholds): Conclusion[] {
  return mostSevere([...state.servers].flatMap(([server, asked]) => conclude(server, asked, thresholds)))
}

function conclude(server: string, asked: AskedServer, thresholds: HttpFloodThresholds): Conclusion[] {
  const flooded = floodedSeconds(asked, thresholds)
  if (flooded.length < Math.min(thresholds.windowSeconds, LEAST_SECONDS)) return []
  const seconds = flooded.map((second) => asked.seconds.get(second) ?? { requests: 0, served: 0, frames: [] })
  const requests = seconds.reduce((sum, one) => sum + one.requests, 0)
  const served = seconds.reduce((sum, one) => sum + one.served, 0)
  const all = [...asked.seconds.values()].reduce((sum, one) => sum + one.requests, 0)
  const [path, samePath] = [...asked.paths].reduce((most, one) => (one[1] > most[1] ? one : most), ['', 0])
  const sources = asked.sources.size
  const isOverloaded = served < thresholds.servedShare * requests
  const isMachine =
    samePath >= thresholds.samePathShare * all && requests / flooded.length / Math.max(1, sources) >= CLIENT_RATE
  if (!isOverloaded && !isMachine) return []
  const peak = Math.max(...seconds.map((one) => one.requests))
  return [
    securityConclusion({
      kind: 'http-flood',
      subject: server,
      severity: isOverloaded ? severityOf(peak, thresholds.rate) : 'medium',
      confidence: isOverloaded ? 'high' : 'medium',
      attack: ['T1499.002'],
      frames: seconds.flatMap(({ frames }) => frames),
      values: {
        server,
        requests,
        peak,
        sources,
        path,
        samePath,
        all,
        served,
        startNs: flooded[0] * 1e9,
        seconds: flooded[flooded.length - 1] - flooded[0] + 1,
      },
      hypotheses: [
        { id: 'flood', accepted: true, values: { samePath, all, path, sources, peak } },
        { id: 'popular', accepted: false, values: { served, requests } },
      ],
      needs: ['no-capture-drops'],
    }),
  ]
}

/** Seconds within windows in which the rate holds on average. */
function floodedSeconds({ seconds }: AskedServer, { rate, windowSeconds }: HttpFloodThresholds): number[] {
  let all = 0
  for (const { requests } of seconds.values()) all += requests
  if (all < rate * windowSeconds) return []
  const ordered = [...seconds.keys()].sort((a, b) => a - b)
  const flooded = new Set<number>()
  let start = 0
  let inWindow = 0
  for (let end = 0; end < ordered.length; end++) {
    inWindow += seconds.get(ordered[end])?.requests ?? 0
    for (; ordered[end] - ordered[start] >= windowSeconds; start++)
      inWindow -= seconds.get(ordered[start])?.requests ?? 0
    if (inWindow < rate * windowSeconds) continue
    for (let i = start; i <= end; i++) flooded.add(ordered[i])
  }
  return [...flooded].sort((a, b) => a - b)
}
