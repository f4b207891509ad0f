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
  /** Answers «no such name» by each beginning of their names of two labels or more: one label alone is no name. */
  readonly vain: Map<string, EvidenceFrames>
  /** Names that were answered with records. */
  readonly found: Set<string>
}

export function newSearchPaths(): SearchPaths {
  return { vain: new Map(), found: new Set() }
}

/** Notes an answer; `isNameError` tells whether it says that there is no such name. */
export function addAnswer(
  paths: SearchPaths,
  { name, frame, answerCount }: DnsMessageEvent,
  isNameError: boolean,
): void {
  if (name === null) return
  if (!isNameError) {
    if (answerCount > 0) addFound(paths, name)
    return
  }
  const first = name.indexOf('.')
  let end = first > 0 ? name.indexOf('.', first + 1) : -1
  for (let labels = 2; end > 0 && labels <= MOST_LABELS; labels++) {
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
  for (const name of from.found) addFound(into, name)
}

function addFound({ found }: SearchPaths, name: string): void {
  if (found.size < MOST_NAMES) found.add(name)
}

/** The answers in vain that a search path explains; none where they are few. */
export function concludeSearchPaths({ vain, found }: SearchPaths, responses: number): Conclusion[] {
  const evidence = newEvidence()
  let names = 0
  for (const [name, frames] of vain) {
    if (!found.has(name)) continue
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
