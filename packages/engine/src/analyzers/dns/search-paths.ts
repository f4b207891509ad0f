import type { Conclusion } from '../../finding.ts'
import type { DnsMessageEvent } from '../../protocols/messages.ts'
import { getOrMake } from '../support/bounded-map.ts'
import { framesFilter } from '../support/display-filter.ts'
import { addFrame, type EvidenceFrames, mergeEvidence, newEvidence, toEvidence } from '../support/evidence-frames.ts'

const MOST_NAMES = 1 << 13
/** Labels that a name asked for can have before its search domain. */
const MOST_LABELS = 6
/** Fewer answers in vain are no habit. */
const LEAST_IN_VAIN = 10

/** What resolvers with a search path leave behind: the same name in vain below some domains, then with success as it is. */
export interface SearchPaths {
  /** Answers «no such name» by each beginning of their names. */
  readonly vain: Map<string, EvidenceFrames>
  /** Answers with records by name. */
  readonly found: Map<string, number>
}

export function newSearchPaths(): SearchPaths {
  return { vain: new Map(), found: new Map() }
}

/** Notes an answer; `isNameError` tells whether it says that there is no such name. */
export function addAnswer(
  paths: SearchPaths,
  { name, frame, answerCount }: DnsMessageEvent,
  isNameError: boolean,
): void {
  if (name === null) return
  if (!isNameError) {
    if (answerCount > 0 && getOrMake(paths.found, name, MOST_NAMES, () => 0) !== null) {
      paths.found.set(name, (paths.found.get(name) ?? 0) + 1)
    }
    return
  }
  let end = name.indexOf('.')
  for (let labels = 1; end > 0 && labels <= MOST_LABELS; labels++) {
    const vain = getOrMake(paths.vain, name.slice(0, end), MOST_NAMES, newEvidence)
    if (vain !== null) addFrame(vain, frame)
    end = name.indexOf('.', end + 1)
  }
}

export function mergeSearchPaths(into: SearchPaths, from: SearchPaths): void {
  for (const [name, evidence] of from.vain) {
    const own = getOrMake(into.vain, name, MOST_NAMES, newEvidence)
    if (own !== null) mergeEvidence(own, evidence)
  }
  for (const [name, count] of from.found) {
    if (getOrMake(into.found, name, MOST_NAMES, () => 0) !== null) {
      into.found.set(name, (into.found.get(name) ?? 0) + count)
    }
  }
}

/** The answers in vain that a search path explains; none where they are few. */
export function concludeSearchPaths({ vain, found }: SearchPaths, responses: number): Conclusion[] {
  const evidence = newEvidence()
  let names = 0
  for (const [name, frames] of vain) {
    // a single label is asked for below a domain by everybody
    if (!name.includes('.') || !found.has(name)) continue
    names++
    mergeEvidence(evidence, frames)
  }
  if (evidence.total < LEAST_IN_VAIN) return []
  return [
    {
      kind: 'dns-search-path',
      key: 'dns-search-path',
      severity: 'low',
      confidence: 'high',
      costNs: null,
      evidence: toEvidence(evidence),
      displayFilter: framesFilter(evidence.frames),
      view: null,
      values: { vain: evidence.total, names, responses },
      hypotheses: [],
      needs: [],
    },
  ]
}
