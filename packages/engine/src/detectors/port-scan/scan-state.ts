import { addFrame, type EvidenceFrames, mergeEvidence, newEvidence } from '../../analyzers/support/evidence-frames.ts'

/** Ways to probe, as indices of {@link Target.techniques}. */
export const techniques = ['SYN', 'connect', 'FIN', 'NULL', 'Xmas', 'ACK', 'UDP', 'ICMP echo'] as const
export type Technique = (typeof techniques)[number]

/** Ports told apart of one target; the flows to others are counted. */
const MOST_PORTS = 1024
/** Targets, their ports and folded ports over all sources; beyond, targets with little are folded into counts by port. */
const MOST_ENTRIES = 1 << 17
const UDP_PORT = 1 << 16
/** Stands for ICMP echo among the ports. */
export const ECHO_KEY = 1 << 17

/** What one source tried on one address. Ports of UDP are {@link UDP_PORT} higher. */
interface Target {
  /** Ports that did not answer, refused, or were only touched -> first frame. */
  probed: Map<number, number>
  /** Ports where a connection came about. */
  open: Set<number>
  /** Flows to ports that did not fit any more. */
  flowsBeyond: number
  techniques: number[]
  refused: number
  firstTimeNs: number
  lastTimeNs: number
}

/** Targets of one port that are no longer told apart: their number only. */
interface Sweep {
  probed: number
  open: number
  frames: EvidenceFrames
  firstTimeNs: number
  lastTimeNs: number
}

interface Source {
  targets: Map<string, Target>
  sweeps: Map<number, Sweep>
}

/** What every source tried. Exact and independent of the order until {@link MOST_ENTRIES} ports of targets are known. */
export interface ScanState {
  sources: Map<string, Source>
  entries: number
  /** Sources given up to make room: those with the fewest probes. */
  droppedSources: number
}

export type { Source, Sweep, Target }

export function newScanState(): ScanState {
  return { sources: new Map(), entries: 0, droppedSources: 0 }
}

export function portKey(port: number, isTcp: boolean): number {
  return isTcp ? port : port | UDP_PORT
}

export function isUdpKey(key: number): boolean {
  return key >= UDP_PORT && key < ECHO_KEY
}

/** `tcp/22`, `udp/161`, `icmp echo`. */
export function portText(key: number): string {
  if (key === ECHO_KEY) return 'icmp echo'
  return isUdpKey(key) ? `udp/${key - UDP_PORT}` : `tcp/${key}`
}

/** One flow of `source`: a probe by its technique, or a connection that came about when that is null. O(1) amortised. */
export function addAttempt(
  state: ScanState,
  source: string,
  target: string,
  key: number,
  technique: Technique | null,
  isRefused: boolean,
  frame: number,
  firstTimeNs: number,
  lastTimeNs: number,
): void {
  const entry = targetOf(state, source, target)
  if (technique === null) addOpen(state, entry, key)
  else {
    entry.techniques[techniques.indexOf(technique)]++
    if (isRefused) entry.refused++
    addProbe(state, entry, key, frame)
  }
  entry.firstTimeNs = Math.min(entry.firstTimeNs, firstTimeNs)
  entry.lastTimeNs = Math.max(entry.lastTimeNs, lastTimeNs)
  if (state.entries > MOST_ENTRIES) makeRoom(state)
}

/** A router or the target said that a UDP port cannot be reached; the datagram itself is told when its flow ends. */
export function addPortUnreachable(state: ScanState, source: string, target: string): void {
  targetOf(state, source, target).refused++
}

/** Commutative and associative while nothing had to be folded. */
export function mergeScanState(into: ScanState, from: ScanState): void {
  into.droppedSources += from.droppedSources
  for (const [address, other] of from.sources) {
    const source = sourceOf(into, address)
    for (const [targetAddress, target] of other.targets) mergeTarget(into, address, targetAddress, target)
    for (const [key, sweep] of other.sweeps) mergeSweep(into, source, key, sweep)
  }
  if (into.entries > MOST_ENTRIES) makeRoom(into)
}

function sourceOf(state: ScanState, address: string): Source {
  let source = state.sources.get(address)
  if (source === undefined) state.sources.set(address, (source = { targets: new Map(), sweeps: new Map() }))
  return source
}

function targetOf(state: ScanState, sourceAddress: string, address: string): Target {
  const source = sourceOf(state, sourceAddress)
  let target = source.targets.get(address)
  if (target === undefined) {
    target = {
      probed: new Map(),
      open: new Set(),
      flowsBeyond: 0,
      techniques: techniques.map(() => 0),
      refused: 0,
      firstTimeNs: Number.POSITIVE_INFINITY,
      lastTimeNs: Number.NEGATIVE_INFINITY,
    }
    source.targets.set(address, target)
    state.entries++
  }
  return target
}

function addProbe(state: ScanState, target: Target, key: number, frame: number): void {
  const known = target.probed.get(key)
  if (known !== undefined) target.probed.set(key, Math.min(known, frame))
  else if (target.probed.size >= MOST_PORTS) target.flowsBeyond++
  else {
    target.probed.set(key, frame)
    state.entries++
  }
}

function addOpen(state: ScanState, target: Target, key: number): void {
  if (target.open.has(key) || target.open.size >= MOST_PORTS) return
  target.open.add(key)
  state.entries++
}

function mergeTarget(state: ScanState, source: string, address: string, from: Target): void {
  const into = targetOf(state, source, address)
  for (const [key, frame] of from.probed) addProbe(state, into, key, frame)
  for (const key of from.open) addOpen(state, into, key)
  into.flowsBeyond += from.flowsBeyond
  into.refused += from.refused
  into.techniques = into.techniques.map((count, i) => count + from.techniques[i])
  into.firstTimeNs = Math.min(into.firstTimeNs, from.firstTimeNs)
  into.lastTimeNs = Math.max(into.lastTimeNs, from.lastTimeNs)
}

function mergeSweep(state: ScanState, source: Source, key: number, from: Sweep): void {
  const into = source.sweeps.get(key)
  if (into === undefined) {
    source.sweeps.set(key, from)
    state.entries++
    return
  }
  into.probed += from.probed
  into.open += from.open
  mergeEvidence(into.frames, from.frames)
  into.firstTimeNs = Math.min(into.firstTimeNs, from.firstTimeNs)
  into.lastTimeNs = Math.max(into.lastTimeNs, from.lastTimeNs)
}

/** Folds targets with at most one probed port into counts by port, then gives up the sources with the fewest probes. */
function makeRoom(state: ScanState): void {
  const probesOf = (source: Source) => {
    let probes = 0
    for (const target of source.targets.values()) probes += target.probed.size
    for (const sweep of source.sweeps.values()) probes += sweep.probed
    return probes
  }
  for (const source of state.sources.values()) {
    for (const [address, target] of source.targets) if (target.probed.size <= 1) fold(state, source, address, target)
  }
  if (state.entries <= MOST_ENTRIES / 2) return
  const ranked = [...state.sources].map(([address, source]) => ({ address, source, probes: probesOf(source) }))
  ranked.sort((a, b) => a.probes - b.probes || (a.address < b.address ? -1 : 1))
  for (const { address, source } of ranked) {
    if (state.entries <= MOST_ENTRIES / 2) break
    for (const target of source.targets.values()) state.entries -= sizeOf(target)
    state.entries -= source.sweeps.size
    state.sources.delete(address)
    state.droppedSources++
  }
}

function fold(state: ScanState, source: Source, address: string, target: Target): void {
  const { firstTimeNs, lastTimeNs } = target
  const times = { firstTimeNs, lastTimeNs }
  for (const [key, frame] of target.probed) {
    const frames = newEvidence()
    addFrame(frames, frame)
    mergeSweep(state, source, key, { probed: 1, open: 0, frames, ...times })
  }
  for (const key of target.open) mergeSweep(state, source, key, { probed: 0, open: 1, frames: newEvidence(), ...times })
  state.entries -= sizeOf(target)
  source.targets.delete(address)
}

function sizeOf(target: Target): number {
  return 1 + target.probed.size + target.open.size
}
