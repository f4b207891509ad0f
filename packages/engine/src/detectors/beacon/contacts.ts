import type { EndedFlow } from '../support/ended-flow.ts'

/** Starts kept of one contact, the earliest; a beacon shows long before. */
const MOST_STARTS = 1024
const MOST_CONTACTS = 1 << 14

/** One source turning to one service outside, again and again. Parallel lists, in no order. */
export interface Contact {
  readonly source: string
  readonly target: string
  readonly port: number
  readonly isTcp: boolean
  timesNs: number[]
  frames: number[]
  /** Payload from the initiator of each start; -1 where a flow began to speak again and its totals do not tell. */
  bytes: number[]
}

/** Every contact; exact and independent of the order within the bounds. */
export interface BeaconState {
  contacts: Map<string, Contact>
  /** Contacts given up to make room: those with the fewest starts. */
  dropped: number
}

export function newBeaconState(): BeaconState {
  return { contacts: new Map(), dropped: 0 }
}

/** One start: a connection, or a datagram after silence. */
export function addStart(state: BeaconState, flow: EndedFlow, timeNs: number, frame: number, bytes: number): void {
  const { initiator, responder, responderPort, isTcp } = flow
  const contact = contactOf(state, initiator, responder, responderPort, isTcp)
  push(contact, timeNs, frame, bytes)
}

/** Commutative and associative within the bounds. */
export function mergeBeacon(into: BeaconState, from: BeaconState): void {
  into.dropped += from.dropped
  for (const { source, target, port, isTcp, timesNs, frames, bytes } of from.contacts.values()) {
    const contact = contactOf(into, source, target, port, isTcp)
    for (const [i, timeNs] of timesNs.entries()) push(contact, timeNs, frames[i], bytes[i])
  }
}

function contactOf(state: BeaconState, source: string, target: string, port: number, isTcp: boolean): Contact {
  const key = `${source}>${target}:${port}/${isTcp ? 'tcp' : 'udp'}`
  let contact = state.contacts.get(key)
  if (contact === undefined) {
    if (state.contacts.size >= 2 * MOST_CONTACTS) dropRarest(state)
    contact = { source, target, port, isTcp, timesNs: [], frames: [], bytes: [] }
    state.contacts.set(key, contact)
  }
  return contact
}

function push(contact: Contact, timeNs: number, frame: number, bytes: number): void {
  contact.timesNs.push(timeNs)
  contact.frames.push(frame)
  contact.bytes.push(bytes)
  if (contact.timesNs.length >= 2 * MOST_STARTS) keepEarliest(contact)
}

function keepEarliest(contact: Contact): void {
  const order = contact.frames.map((_, i) => i).sort((a, b) => contact.frames[a] - contact.frames[b])
  order.length = MOST_STARTS
  contact.timesNs = order.map((i) => contact.timesNs[i])
  contact.bytes = order.map((i) => contact.bytes[i])
  contact.frames = order.map((i) => contact.frames[i])
}

function dropRarest(state: BeaconState): void {
  const ranked = [...state.contacts].sort(
    (a, b) => b[1].timesNs.length - a[1].timesNs.length || (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0),
  )
  state.dropped += ranked.length - MOST_CONTACTS
  state.contacts = new Map(ranked.slice(0, MOST_CONTACTS))
}
