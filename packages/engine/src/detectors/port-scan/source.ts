import { type EvidenceFrames, mergeEvidence } from '../../analyzers/support/evidence-frames.ts'
import { portCount, type Target } from './target.ts'

/** Targets of one port that are no longer told apart: their number only. */
export interface Sweep {
  probed: number
  readonly frames: EvidenceFrames
  firstTimeNs: number
  lastTimeNs: number
}

/** What one source tried in vain: single targets, and ports of those that were folded. */
export interface Source {
  /** By address; alone while there is but one. */
  targets: Map<string, Target> | Target | null
  sweeps: Map<number, Sweep> | null
}

/** What every source tried. Exact and independent of the order until there are too many ports of targets, see make-room.ts. */
export interface ScanState {
  readonly sources: Map<string, Source>
  /** Source -> ports of addresses where a connection came about, packed by scan-state.ts; a list while there are few. */
  readonly open: Map<string, number[] | Set<number>>
  entries: number
  /** Sources given up to make room: those with the fewest probes. */
  droppedSources: number
  /** Objects of targets that were given up, to be used again: made anew they would fill the heap with what lived for a while. */
  readonly spare: Target[]
}

/** What a source tried, address by address. */
export function targetsOf({ targets }: Source): Iterable<Target> {
  if (targets === null) return []
  return targets instanceof Map ? targets.values() : [targets]
}

/** How many ports of addresses. */
export function openCount(open: readonly number[] | ReadonlySet<number>): number {
  return open instanceof Set ? open.size : (open as readonly number[]).length
}

/** Ports tried in vain, over all targets. */
export function probesOf(source: Source): number {
  let probes = 0
  for (const target of targetsOf(source)) probes += portCount(target)
  for (const sweep of source.sweeps?.values() ?? []) probes += sweep.probed
  return probes
}

/** Adds to what is known of a port of targets that are no longer told apart. */
export function mergeSweep(state: ScanState, source: Source, key: number, from: Sweep): void {
  source.sweeps ??= new Map()
  const into = source.sweeps.get(key)
  if (into === undefined) {
    source.sweeps.set(key, from)
    state.entries++
    return
  }
  into.probed += from.probed
  mergeEvidence(into.frames, from.frames)
  into.firstTimeNs = Math.min(into.firstTimeNs, from.firstTimeNs)
  into.lastTimeNs = Math.max(into.lastTimeNs, from.lastTimeNs)
}
