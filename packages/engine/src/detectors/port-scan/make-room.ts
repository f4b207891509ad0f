import { addFrame, newEvidence } from '../../analyzers/support/evidence-frames.ts'
import { hashOf } from '../support/text-hash.ts'
import { mergeSweep, openCount, probesOf, type ScanState, type Source, targetsOf } from './source.ts'
import { portCount, probedPorts } from './target.ts'

/** Targets, their ports and folded ports over all sources; beyond, targets with little are folded into counts by port. */
const MOST_ENTRIES = 1 << 15
/** Sources with so few connections are no clients worth remembering when there is no room. */
const FEW_OPEN = 8

/**
 * When there is too much: forgets the connections of sources that had few and never tried in vain, then folds targets with at most
 * one probed port into counts by port, then gives up the quietest sources.
 */
export function makeRoom(state: ScanState): void {
  if (state.entries <= MOST_ENTRIES) return
  for (const [source, open] of state.open) {
    if (!state.sources.has(source) && openCount(open) < FEW_OPEN) forgetOpen(state, source)
  }
  if (state.entries <= MOST_ENTRIES / 2) return
  for (const source of state.sources.values()) if (source.targets instanceof Map) foldSmall(state, source)
  while (state.entries > MOST_ENTRIES / 2) dropQuietest(state)
}

function forgetOpen(state: ScanState, source: string): void {
  const open = state.open.get(source)
  if (open !== undefined) state.entries -= openCount(open)
  state.open.delete(source)
  state.droppedSources++
}

/** Gives up the half of the sources with the fewest probes; of equal ones always the same, whatever came before. */
function dropQuietest(state: ScanState): void {
  const addresses = [...state.sources.keys()]
  for (const address of state.open.keys()) if (!state.sources.has(address)) addresses.push(address)
  const ranks = Float64Array.from(addresses, (address) => {
    const source = state.sources.get(address)
    return (source === undefined ? 0 : probesOf(source)) * 2 ** 32 + hashOf(address)
  })
  const middle = ranks.toSorted()[(ranks.length - 1) >> 1]
  for (const [i, address] of addresses.entries()) {
    if (ranks[i] > middle) continue
    const source = state.sources.get(address)
    if (source !== undefined) {
      for (const target of targetsOf(source)) {
        state.entries -= 1 + portCount(target)
        if (state.spare.length < MOST_ENTRIES / 2) state.spare.push(target)
      }
      state.entries -= source.sweeps?.size ?? 0
      state.sources.delete(address)
    }
    forgetOpen(state, address)
  }
}

function foldSmall(state: ScanState, source: Source): void {
  const kept = new Map(Array.from(targetsOf(source), (target) => [target.address, target]))
  for (const target of kept.values()) {
    if (portCount(target) > 1) continue
    const { firstTimeNs, lastTimeNs } = target
    for (const [key, frame] of probedPorts(target)) {
      const frames = newEvidence()
      addFrame(frames, frame)
      mergeSweep(state, source, key, { probed: 1, frames, firstTimeNs, lastTimeNs })
    }
    state.entries -= 1 + portCount(target)
    kept.delete(target.address)
  }
  source.targets = kept.size === 0 ? null : kept
}
