import type { Conclusion, Severity } from '../../finding.ts'
import { largest } from './bounded-map.ts'
import { framesFilter } from './display-filter.ts'
import { addFrame, type EvidenceFrames, mergeEvidence, newEvidence, toEvidence } from './evidence-frames.ts'

/** Something that happened with one subject: how often, the time it took, and the frames that show it. */
export interface Incidents {
  count: number
  costNs: number
  longestNs: number
  frames: EvidenceFrames
}

export function newIncidents(): Incidents {
  return { count: 0, costNs: 0, longestNs: 0, frames: newEvidence() }
}

export function addIncident(incidents: Incidents, costNs: number, ...frames: readonly number[]): void {
  incidents.count++
  incidents.costNs += costNs
  incidents.longestNs = Math.max(incidents.longestNs, costNs)
  for (const frame of frames) addFrame(incidents.frames, frame)
}

/** Adds the incidents of `from`; commutative and associative. */
export function mergeIncidents(into: Incidents, from: Incidents): void {
  into.count += from.count
  into.costNs += from.costNs
  into.longestNs = Math.max(into.longestNs, from.longestNs)
  mergeEvidence(into.frames, from.frames)
}

/** The subjects with the most costly, then the most incidents. */
export function worstSubjects<T extends Incidents>(subjects: ReadonlyMap<string, T>, most: number): [string, T][] {
  return largest(subjects, most, ({ costNs, count }) => costNs + count / 1e9)
}

/** What every conclusion about incidents of a subject has; the rest is the rule's. */
export function concludeIncidents(kind: string, subject: string, incidents: Incidents, severity: Severity) {
  const { costNs, frames } = incidents
  return {
    kind,
    key: `${kind}:${subject}`,
    severity,
    confidence: 'high',
    costNs: costNs > 0 ? costNs : null,
    evidence: toEvidence(frames),
    displayFilter: framesFilter(frames.frames),
    view: 'ours',
    hypotheses: [],
    needs: [],
  } as const satisfies Omit<Conclusion, 'values'>
}

/** What every conclusion about the capture as a whole has; the rest, and what differs, is the rule's. */
export function concludeSum(kind: string, evidence: EvidenceFrames) {
  return {
    kind,
    key: kind,
    confidence: 'high',
    costNs: null,
    evidence: toEvidence(evidence),
    displayFilter: framesFilter(evidence.frames),
    view: null,
    hypotheses: [],
    needs: [],
  } as const satisfies Omit<Conclusion, 'values' | 'severity'>
}
