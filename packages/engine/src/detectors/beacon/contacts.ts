import type { EndedFlow } from '../support/ended-flow.ts'
import { hashOf } from '../support/text-hash.ts'

/** Starts kept of one contact, the earliest; a beacon shows long before. */
const MOST_STARTS = 1024
const MOST_CONTACTS = 1 << 13

/** Numbers a start takes in {@link Contact.starts}. */
const START_NUMBERS = 3

/** One source turning to one service outside, again and again. */
export interface Contact {
  source: string
  target: string
  port: number
  isTcp: boolean
  /**
   * Of each start: time in ns, frame, and payload from the initiator, or -1 where a flow began to speak again and its totals do not
   * tell. In no order.
   */
  starts: number[]
}

/** Every contact; exact and independent of the order within the bounds. */
export interface BeaconState {
  contacts: Map<number, Contact>
  /** Contacts given up to make room: those with the fewest starts. */
  dropped: number
  /** Objects of contacts that were given up, to be used again: made anew they would fill the heap with what lived for a while. */
  spare: Contact[]
}

export function newBeaconState(): BeaconState {
  return { contacts: new Map(), dropped: 0, spare: [] }
}

/** One start: a connection, or a datagram after silence. */
export function addStart(state: BeaconState, flow: EndedFlow, timeNs: number, frame: number, bytes: number): void {
  const { initiator, responder, responderPort, isTcp } = flow
  add(state, initiator, responder, responderPort, isTcp, [timeNs, frame, bytes])
}

/** Commutative and associative within the bounds. */
export function mergeBeacon(into: BeaconState, from: BeaconState): void {
  into.dropped += from.dropped
  for (const { source, target, port, isTcp, starts } of from.contacts.values()) {
    add(into, source, target, port, isTcp, starts)
  }
}

export function startsOf({ starts }: Contact): number {
  return starts.length / START_NUMBERS
}

/** Every third number of the starts, from `offset` on: 0 times, 1 frames, 2 bytes. */
export function columnOf({ starts }: Contact, offset: number): number[] {
  const column: number[] = []
  for (let i = offset; i < starts.length; i += START_NUMBERS) column.push(starts[i])
  return column
}

function add(state: BeaconState, source: string, target: string, port: number, isTcp: boolean, starts: number[]): void {
  const key = contactKey(source, target, port, isTcp)
  const contact = state.contacts.get(key)
  if (contact === undefined) {
    if (state.contacts.size >= 2 * MOST_CONTACTS) dropRarest(state)
    state.contacts.set(key, newContact(state.spare.pop(), source, target, port, isTcp, starts))
    return
  }
  for (const number of starts) contact.starts.push(number)
  if (startsOf(contact) >= 2 * MOST_STARTS) keepEarliest(contact)
}

/** A new contact keeps the list it is given, which is just as long as it must be, or copies it into the equally long one of a spare. */
function newContact(
  spare: Contact | undefined,
  source: string,
  target: string,
  port: number,
  isTcp: boolean,
  starts: number[],
): Contact {
  if (spare === undefined) return { source, target, port, isTcp, starts }
  spare.source = source
  spare.target = target
  spare.port = port
  spare.isTcp = isTcp
  if (starts.length !== spare.starts.length) spare.starts = starts
  else for (let i = 0; i < starts.length; i++) spare.starts[i] = starts[i]
  return spare
}

/** 52 bits of hash: texts as keys would cost more than all the rest, and two contacts in a key are as good as impossible. */
function contactKey(source: string, target: string, port: number, isTcp: boolean): number {
  const low = hashOf(target, hashOf(source) ^ port)
  const high = hashOf(source, hashOf(target) ^ (isTcp ? 6 : 17)) & 0xfffff
  return high * 2 ** 32 + low
}

function keepEarliest(contact: Contact): void {
  const { starts } = contact
  const order = columnOf(contact, 1).map((frame, i) => ({ frame, at: i * START_NUMBERS }))
  order.sort((a, b) => a.frame - b.frame)
  contact.starts = order.slice(0, MOST_STARTS).flatMap(({ at }) => starts.slice(at, at + START_NUMBERS))
}

/** Makes room: keeps the contacts with the most starts, of equal ones those with the smallest keys. O(n log n), in numbers alone. */
function dropRarest(state: BeaconState): void {
  const { contacts } = state
  const lengths = new Float64Array(contacts.size)
  let count = 0
  for (const { starts } of contacts.values()) lengths[count++] = starts.length
  const least = lengths.sort()[count - MOST_CONTACTS]
  const equal = new Float64Array(count)
  let equals = 0
  let more = 0
  contacts.forEach(({ starts }, key) => {
    if (starts.length > least) more++
    else if (starts.length === least) equal[equals++] = key
  })
  const greatestKey = equal.subarray(0, equals).sort()[MOST_CONTACTS - more - 1]
  state.dropped += count - MOST_CONTACTS
  contacts.forEach((contact, key) => {
    const { length } = contact.starts
    if (length > least || (length === least && key <= greatestKey)) return
    contacts.delete(key)
    state.spare.push(contact)
  })
}
