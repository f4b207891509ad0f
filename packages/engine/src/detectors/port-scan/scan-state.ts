import { hashOf } from '../support/text-hash.ts'
import { makeRoom } from './make-room.ts'
import { mergeSweep, type ScanState, type Source, targetsOf } from './source.ts'
import {
  addPort,
  addTechnique,
  KEYS,
  newTarget,
  probedPorts,
  type Target,
  type Technique,
  techniqueCounts,
  techniques,
} from './target.ts'

const UDP_PORT = 1 << 16
/** So many numbers are found in a list sooner than in a set. */
const MOST_LISTED = 32
/** Stands for ICMP echo among the ports; those of UDP are {@link UDP_PORT} higher. */
export const ECHO_KEY = 1 << 17

export function newScanState(): ScanState {
  return { sources: new Map(), open: new Map(), entries: 0, droppedSources: 0, spare: [] }
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
  private readonly packed: Iterable<number>
  private readonly byAddress = new Map<number, Set<number>>()

  constructor(state: ScanState, source: string) {
    this.packed = state.open.get(source) ?? []
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
  if (known === undefined) open.set(source, [packed])
  else if (known instanceof Set) {
    if (known.has(packed)) return
    known.add(packed)
  } else {
    if (known.includes(packed)) return
    if (known.length < MOST_LISTED) known.push(packed)
    else open.set(source, new Set(known).add(packed))
  }
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
  const target = targetOf(state, sourceOf(state, source), address)
  addTechnique(target, techniques.indexOf(probe.technique))
  if (probe.isRefused) target.refused++
  if (addPort(target, probe.key, probe.frame)) state.entries++
  target.firstTimeNs = Math.min(target.firstTimeNs, probe.firstTimeNs)
  target.lastTimeNs = Math.max(target.lastTimeNs, probe.lastTimeNs)
  makeRoom(state)
}

/** A router or the target said that a UDP port cannot be reached; the datagram itself is told when its flow ends. */
export function addPortUnreachable(state: ScanState, source: string, address: string): void {
  targetOf(state, sourceOf(state, source), address).refused++
  makeRoom(state)
}

/** Commutative and associative while nothing had to be folded. */
export function mergeScanState(into: ScanState, from: ScanState): void {
  into.droppedSources += from.droppedSources
  for (const [source, open] of from.open) {
    for (const packed of open) addPacked(into, source, packed)
  }
  for (const [address, other] of from.sources) {
    const source = sourceOf(into, address)
    for (const target of targetsOf(other)) mergeTarget(into, source, target)
    for (const [key, sweep] of other.sweeps ?? []) mergeSweep(into, source, key, sweep)
  }
  makeRoom(into)
}

function sourceOf(state: ScanState, address: string): Source {
  let source = state.sources.get(address)
  if (source === undefined) state.sources.set(address, (source = { targets: null, sweeps: null }))
  return source
}

function targetOf(state: ScanState, source: Source, address: string): Target {
  const { targets } = source
  const known = targets instanceof Map ? targets.get(address) : targets?.address === address ? targets : undefined
  if (known !== undefined && known !== null) return known
  const target = newTarget(address, state.spare.pop())
  if (targets === null) source.targets = target
  else if (targets instanceof Map) targets.set(address, target)
  else source.targets = new Map([[targets.address, targets]]).set(address, target)
  state.entries++
  return target
}

function mergeTarget(state: ScanState, source: Source, from: Target): void {
  const into = targetOf(state, source, from.address)
  for (const [key, frame] of probedPorts(from)) if (addPort(into, key, frame)) state.entries++
  into.flowsBeyond += from.flowsBeyond
  into.refused += from.refused
  for (const [technique, count] of techniqueCounts(from).entries()) {
    if (count > 0) addTechnique(into, technique, count)
  }
  into.firstTimeNs = Math.min(into.firstTimeNs, from.firstTimeNs)
  into.lastTimeNs = Math.max(into.lastTimeNs, from.lastTimeNs)
}
