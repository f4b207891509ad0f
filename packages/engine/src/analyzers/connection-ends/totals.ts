import type { Flow } from '../../flow/flow.ts'
import { endpointText } from '../../text/endpoint.ts'
import { getOrMake } from '../support/bounded-map.ts'
import { addIncident, type Incidents, mergeIncidents, newIncidents } from '../support/concluding.ts'
import { type ConnectionState, connectionStates } from './state.ts'

const MOST_SENDERS = 1 << 12
const MOST_LISTED = 50
const MOST_HALF_CLOSED = 10_000

/** When in the life of a connection a reset came. `request`: one side had asked and got no answer. */
export type ResetPhase = 'handshake' | 'after handshake' | 'request' | 'transfer' | 'idle' | 'after close'
export const resetPhases: readonly ResetPhase[] = [
  'handshake',
  'after handshake',
  'request',
  'transfer',
  'idle',
  'after close',
]

/** Phases in which a reset may interrupt something. */
const interrupting: readonly ResetPhase[] = ['after handshake', 'request', 'transfer']

export interface Reset {
  readonly phase: ResetPhase
  readonly byInitiator: boolean
  /** Its time to live is not that of the sender's handshake: something on the way sent it. */
  readonly isForeign: boolean
  readonly frame: number
  /** Since the last data; -1 when there was none. */
  readonly sinceDataNs: number
}

/** Resets of one phase that one endpoint sent. */
export interface SenderResets extends Incidents {
  foreign: number
}

export interface ListedReset extends Reset {
  stream: number
  sender: string
  senderPort: number
  peer: string
  peerPort: number
}

/** A connection that one side closed and the other did not. */
export interface HalfClosed {
  /** The side that did not close. */
  host: string
  peer: string
  sinceNs: number
  frame: number
}

export interface EndTotals {
  states: Record<ConnectionState, number>
  resets: number
  repeatedResets: number
  /** Phase, then by initiator or not -> first resets of connections. */
  phases: Record<ResetPhase, [number, number]>
  senders: Map<string, SenderResets>
  listed: ListedReset[]
  /** Second of the last segment -> open connections; a capture of a day has 86 400. */
  openLastSeconds: Map<number, number>
  halfClosed: HalfClosed[]
}

export function newEndTotals(): EndTotals {
  return {
    states: Object.fromEntries(connectionStates.map((state) => [state, 0])) as Record<ConnectionState, number>,
    resets: 0,
    repeatedResets: 0,
    phases: Object.fromEntries(resetPhases.map((phase) => [phase, [0, 0]])) as Record<ResetPhase, [number, number]>,
    senders: new Map(),
    listed: [],
    openLastSeconds: new Map(),
    halfClosed: [],
  }
}

export function mergeEndTotals(into: EndTotals, from: EndTotals): void {
  for (const state of connectionStates) into.states[state] += from.states[state]
  into.resets += from.resets
  into.repeatedResets += from.repeatedResets
  for (const phase of resetPhases) {
    into.phases[phase][0] += from.phases[phase][0]
    into.phases[phase][1] += from.phases[phase][1]
  }
  for (const [key, resets] of from.senders) {
    const own = getOrMake(into.senders, key, MOST_SENDERS, newSenderResets)
    if (own === null) continue
    mergeIncidents(own, resets)
    own.foreign += resets.foreign
  }
  into.listed.push(...from.listed)
  keepFirst(into)
  for (const [second, count] of from.openLastSeconds)
    into.openLastSeconds.set(second, (into.openLastSeconds.get(second) ?? 0) + count)
  into.halfClosed.push(...from.halfClosed)
  keepOldest(into)
}

export function addReset(totals: EndTotals, flow: Flow, reset: Reset): void {
  const { phase, byInitiator, isForeign, frame } = reset
  totals.phases[phase][byInitiator ? 0 : 1]++
  // frames come in order, so the first fifty are the first fifty that come
  const isListed = totals.listed.length < MOST_LISTED
  const isInteresting = interrupting.includes(phase)
  if (!isListed && !isInteresting) return
  const direction = byInitiator ? flow.initiator : flow.initiator ^ 1
  const sender = flow.address(direction)
  const senderPort = flow.port(direction)
  const peer = flow.address(direction ^ 1)
  const peerPort = flow.port(direction ^ 1)
  if (isListed) totals.listed.push({ ...reset, stream: flow.number, sender, senderPort, peer, peerPort })
  if (!isInteresting) return
  // initiators are known by their address and the service, as their ports are used once
  const endpoint = byInitiator ? `${sender} > ${endpointText(peer, peerPort)}` : endpointText(sender, senderPort)
  const resets = getOrMake(totals.senders, `${phase}|${endpoint}`, MOST_SENDERS, newSenderResets)
  if (resets === null) return
  addIncident(resets, 0, frame)
  if (isForeign) resets.foreign++
}

export function keepFirst({ listed }: EndTotals): void {
  listed.sort((a, b) => a.frame - b.frame || a.stream - b.stream)
  listed.length = Math.min(listed.length, MOST_LISTED)
}

export function keepOldest({ halfClosed }: EndTotals): void {
  halfClosed.sort((a, b) => a.sinceNs - b.sinceNs || a.frame - b.frame)
  halfClosed.length = Math.min(halfClosed.length, MOST_HALF_CLOSED)
}

function newSenderResets(): SenderResets {
  return { ...newIncidents(), foreign: 0 }
}
