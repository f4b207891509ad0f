import { getOrMake } from '../support/bounded-map.ts'
import { addIncident, type Incidents, mergeIncidents, newIncidents } from '../support/concluding.ts'

const MOST_HOSTS = 1 << 12

/** A sender that waited with its next small segment until the one before was acknowledged, and the acknowledgment was late. */
export interface HeldBack extends Incidents {
  connections: number
  /** Host that acknowledged late; the last one by text, as there is mostly one. */
  receiver: string
}

/** State of the analyzer, by sender. */
export interface DelayedAckTotals {
  senders: Map<string, HeldBack>
}

export function newDelayedAckTotals(): DelayedAckTotals {
  return { senders: new Map() }
}

/** Adds the waits of one direction of a connection: `frames` are segment, late acknowledgment and next segment of each. */
export function addHeldBack(
  totals: DelayedAckTotals,
  sender: string,
  receiver: string,
  waits: readonly (readonly number[])[],
): void {
  const held = heldBackOf(totals, sender)
  if (held === null) return
  held.connections++
  if (receiver > held.receiver) held.receiver = receiver
  for (const [costNs, ...frames] of waits) addIncident(held, costNs, ...frames)
}

export function mergeDelayedAcks(into: DelayedAckTotals, from: DelayedAckTotals): void {
  for (const [sender, other] of from.senders) {
    const held = heldBackOf(into, sender)
    if (held === null) continue
    mergeIncidents(held, other)
    held.connections += other.connections
    if (other.receiver > held.receiver) held.receiver = other.receiver
  }
}

function heldBackOf(totals: DelayedAckTotals, sender: string): HeldBack | null {
  return getOrMake(totals.senders, sender, MOST_HOSTS, () => ({ ...newIncidents(), connections: 0, receiver: '' }))
}
