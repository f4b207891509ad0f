import type { Conclusion } from '../../finding.ts'
import type { CaptureSummary } from '../../report.ts'
import { captureEndNs } from '../support/capture-end.ts'
import { addIncident, concludeIncidents, type Incidents, newIncidents, worstSubjects } from '../support/concluding.ts'
import { type EndTotals, keepOldest, type ResetPhase, type SenderResets } from './totals.ts'

/** Subjects of each kind that get a finding of their own. */
const MOST_SUBJECTS = 5
const MANY_RESETS = 3
const MANY_HALF_CLOSED = 10

/** Resets that interrupt something, and connections that one side never closes. Others are a way to close. */
export function endConclusions(totals: EndTotals, capture: CaptureSummary, halfClosedNs: number): Conclusion[] {
  return [
    ...worstOf(totals, 'after handshake').map(([endpoint, resets]) => ofReset('tcp-reset-handshake', endpoint, resets)),
    ...worstOf(totals, 'request').map(([endpoint, resets]) => ofReset('tcp-reset-request', endpoint, resets)),
    ...worstOf(totals, 'transfer').map(([endpoint, resets]) => ofReset('tcp-reset-transfer', endpoint, resets)),
    ...halfClosed(totals, capture, halfClosedNs),
  ]
}

/** A phase's resets by responders. Initiators that reset after the SYN-ACK probe; those that reset later no longer want the answer. */
function worstOf({ senders }: EndTotals, phase: ResetPhase): [string, SenderResets][] {
  const ofPhase = new Map<string, SenderResets>()
  for (const [key, resets] of senders) {
    if (!key.startsWith(`${phase}|`)) continue
    const endpoint = key.slice(phase.length + 1)
    if (!endpoint.includes('>') || resets.foreign > 0) ofPhase.set(endpoint, resets)
  }
  return worstSubjects(ofPhase, MOST_SUBJECTS)
}

function ofReset(kind: string, endpoint: string, resets: SenderResets): Conclusion {
  const { count, foreign } = resets
  const isSerious = kind !== 'tcp-reset-handshake' && (count >= MANY_RESETS || foreign > 0)
  return {
    ...concludeIncidents(kind, endpoint, resets, isSerious ? 'medium' : 'low'),
    confidence: foreign > 0 ? 'medium' : 'high',
    values: { endpoint, resets: count },
    hypotheses: [
      { id: 'aborted', accepted: foreign * 2 <= count, values: { resets: count, foreign } },
      { id: 'injected', accepted: foreign * 2 > count, values: { resets: count, foreign } },
    ],
    needs: ['both-directions', 'no-capture-drops'],
  }
}

/** Hosts that were told «I am done» and never closed: their application forgot the connection. */
function halfClosed(totals: EndTotals, capture: CaptureSummary, leastNs: number): Conclusion[] {
  keepOldest(totals)
  const endNs = captureEndNs(capture)
  const hosts = new Map<string, Incidents>()
  for (const { host, sinceNs, frame } of totals.halfClosed) {
    const openNs = endNs - sinceNs
    if (openNs < leastNs) continue
    const incidents = hosts.get(host) ?? newIncidents()
    addIncident(incidents, 0, frame)
    incidents.longestNs = Math.max(incidents.longestNs, openNs)
    hosts.set(host, incidents)
  }
  return worstSubjects(hosts, MOST_SUBJECTS).map(([host, incidents]) => ({
    ...concludeIncidents('tcp-half-closed', host, incidents, incidents.count >= MANY_HALF_CLOSED ? 'medium' : 'low'),
    confidence: 'medium',
    values: { host, connections: incidents.count, longestNs: incidents.longestNs },
    hypotheses: [
      { id: 'not-closed', accepted: true, values: { connections: incidents.count } },
      { id: 'still-sending', accepted: false, values: { connections: incidents.count } },
    ],
    needs: ['both-directions', 'no-capture-drops'],
  }))
}
