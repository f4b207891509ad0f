import { addFrame, type EvidenceFrames, mergeEvidence, newEvidence } from '../../analyzers/support/evidence-frames.ts'
import { hashOf } from '../support/text-hash.ts'

/** Ways to probe, as indices of {@link Target.techniques}. */
export const techniques = ['SYN', 'connect', 'FIN', 'NULL', 'Xmas', 'ACK', 'UDP', 'ICMP echo'] as const
export type Technique = (typeof techniques)[number]

/** Ports told apart of one target; the flows to others are counted. */
const MOST_PORTS = 1024
/** Targets, their ports and folded ports over all sources; beyond, targets with little are folded into counts by port. */
const MOST_ENTRIES = 1 << 16
const UDP_PORT = 1 << 16
/** Stands for ICMP echo among the ports. */
export const ECHO_KEY = 1 << 17
const KEYS = 1 << 18
/** Sources with so few connections are no clients worth remembering when there is no room. */
const FEW_OPEN = 8

/** What one source tried in vain on one address. Ports of UDP are {@link UDP_PORT} higher. */
export interface Target {
  /** Ports that did not answer, refused, or were only touched -> first frame. */
  readonly probed: Map<number, number>
  /** Flows to ports that did not fit any more. */
  flowsBeyond: number
  techniques: number[]
  refused: number
  firstTimeNs: number
  lastTimeNs: number
}

/** Targets of one port that are no longer told apart: their number only. */
export interface Sweep {
  probed: number
  readonly frames: EvidenceFrames
  firstTimeNs: number
  lastTimeNs: number
}

/** What one source tried in vain: single targets, and ports of those that were folded. */
export interface Source {
  readonly targets: Map<string, Target>
  readonly sweeps: Map<number, Sweep>
}

/** What every source tried. Exact and independent of the order until {@link MOST_ENTRIES} ports of targets are known. */
export interface ScanState {
  readonly sources: Map<string, Source>
  /** Source -> ports of addresses where a connection came about, packed by {@link packOpen}; alone while there is but one. */
  readonly open: Map<string, number | Set<number>>
  entries: number
  /** Sources given up to make room: those with the fewest probes. */
  droppedSources: number
}

export function newScanState(): ScanState {
  return { sources: new Map(), open: new Map(), entries: 0, droppedSources: 0 }
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

/** Where connections of a source came about. */
export class OpenPorts {
  private readonly packed: ReadonlySet<number>
  private readonly byAddress = new Map<number, Set<number>>()

  constructor(state: ScanState, source: string) {
    const open = state.open.get(source)
    this.packed = typeof open === 'number' ? new Set([open]) : (open ?? NONE)
    for (const entry of this.packed) {
      const address = Math.floor(entry / KEYS)
      const ports = this.byAddress.get(address)
      if (ports === undefined) this.byAddress.set(address, new Set([entry % KEYS]))
      else ports.add(entry % KEYS)
    }
  }

  /** Ports of an address. */
  of(address: string): ReadonlySet<number> {
    return this.byAddress.get(hashOf(address)) ?? NONE
  }

  /** How many addresses have a port open. */
  count(key: number): number {
    let count = 0
    for (const entry of this.packed) if (entry % KEYS === key) count++
    return count
  }
}

const NONE: ReadonlySet<number> = new Set()

/** A connection of `source` came about. */
export function addOpen(state: ScanState, source: string, address: string, key: number): void {
  addPacked(state, source, packOpen(address, key))
  makeRoom(state)
}

/** An address, as 32 bits of hash, and a port in one number below 2^53. */
function packOpen(address: string, key: number): number {
  return hashOf(address) * KEYS + key
}

function addPacked(state: ScanState, source: string, packed: number): void {
  const { open } = state
  const known = open.get(source)
  if (known === packed) return
  if (known === undefined) open.set(source, packed)
  else if (typeof known === 'number') open.set(source, new Set([known, packed]))
  else if (known.has(packed)) return
  else known.add(packed)
  state.entries++
}

/** A flow of `source` was a probe. */
export interface Probe {
  readonly key: number
  readonly technique: Technique
  readonly isRefused: boolean
  readonly frame: number
  readonly firstTimeNs: number
  readonly lastTimeNs: number
}

export function addProbe(state: ScanState, source: string, address: string, probe: Probe): void {
  const target = targetOf(state, source, address)
  target.techniques[techniques.indexOf(probe.technique)]++
  if (probe.isRefused) target.refused++
  addPort(state, target, probe.key, probe.frame)
  target.firstTimeNs = Math.min(target.firstTimeNs, probe.firstTimeNs)
  target.lastTimeNs = Math.max(target.lastTimeNs, probe.lastTimeNs)
  makeRoom(state)
}

/** A router or the target said that a UDP port cannot be reached; the datagram itself is told when its flow ends. */
export function addPortUnreachable(state: ScanState, source: string, address: string): void {
  targetOf(state, source, address).refused++
  makeRoom(state)
}

/** Commutative and associative while nothing had to be folded. */
export function mergeScanState(into: ScanState, from: ScanState): void {
  into.droppedSources += from.droppedSources
  for (const [source, open] of from.open) {
    for (const packed of typeof open === 'number' ? [open] : open) addPacked(into, source, packed)
  }
  for (const [address, other] of from.sources) {
    const source = sourceOf(into, address)
    for (const [target, entry] of other.targets) mergeTarget(into, address, target, entry)
    for (const [key, sweep] of other.sweeps) mergeSweep(into, source, key, sweep)
  }
  makeRoom(into)
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

function addPort(state: ScanState, target: Target, key: number, frame: number): void {
  const known = target.probed.get(key)
  if (known !== undefined) target.probed.set(key, Math.min(known, frame))
  else if (target.probed.size >= MOST_PORTS) target.flowsBeyond++
  else {
    target.probed.set(key, frame)
    state.entries++
  }
}

function mergeTarget(state: ScanState, source: string, address: string, from: Target): void {
  const into = targetOf(state, source, address)
  for (const [key, frame] of from.probed) addPort(state, into, key, frame)
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
  mergeEvidence(into.frames, from.frames)
  into.firstTimeNs = Math.min(into.firstTimeNs, from.firstTimeNs)
  into.lastTimeNs = Math.max(into.lastTimeNs, from.lastTimeNs)
}

/**
 * When there is too much: forgets the connections of sources that had few and never tried in vain, then folds targets with at most
 * one probed port into counts by port, then gives up the quietest sources.
 */
function makeRoom(state: ScanState): void {
  if (state.entries <= MOST_ENTRIES) return
  for (const [source, open] of state.open) {
    if (!state.sources.has(source) && (typeof open === 'number' || open.size < FEW_OPEN)) forgetOpen(state, source)
  }
  if (state.entries <= MOST_ENTRIES / 2) return
  for (const [address, source] of state.sources) foldSmall(state, address, source)
  if (state.entries <= MOST_ENTRIES / 2) return
  const all = new Set([...state.sources.keys(), ...state.open.keys()])
  const ranked = [...all].map((address) => ({ address, probes: probesOf(state.sources.get(address)) }))
  ranked.sort((a, b) => a.probes - b.probes || (a.address < b.address ? -1 : 1))
  for (const { address } of ranked) {
    if (state.entries <= MOST_ENTRIES / 2) break
    const source = state.sources.get(address)
    for (const target of source?.targets.values() ?? []) state.entries -= 1 + target.probed.size
    state.entries -= source?.sweeps.size ?? 0
    state.sources.delete(address)
    forgetOpen(state, address)
  }
}

function forgetOpen(state: ScanState, source: string): void {
  const open = state.open.get(source)
  state.entries -= typeof open === 'number' ? 1 : (open?.size ?? 0)
  state.open.delete(source)
  state.droppedSources++
}

function probesOf(source: Source | undefined): number {
  let probes = 0
  for (const target of source?.targets.values() ?? []) probes += target.probed.size
  for (const sweep of source?.sweeps.values() ?? []) probes += sweep.probed
  return probes
}

function foldSmall(state: ScanState, address: string, source: Source): void {
  for (const [targetAddress, target] of source.targets) {
    if (target.probed.size > 1) continue
    const { firstTimeNs, lastTimeNs } = target
    for (const [key, frame] of target.probed) {
      const frames = newEvidence()
      addFrame(frames, frame)
      mergeSweep(state, source, key, { probed: 1, frames, firstTimeNs, lastTimeNs })
    }
    state.entries -= 1 + target.probed.size
    source.targets.delete(targetAddress)
  }
  if (source.targets.size + source.sweeps.size === 0) state.sources.delete(address)
}
