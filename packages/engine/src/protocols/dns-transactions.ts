import { AgingSlots } from './aging-slots.ts'
import type { DnsMessage } from './dns-message.ts'

/** A query sent again within this time is a retransmission, in ns. */
const RETRANSMISSION_WINDOW_NS = 5e9
/** Transactions remembered; beyond it the oldest are given up. */
const DEFAULT_CAPACITY = 32_768

/** What the newest message means to the exchange it belongs to. One instance is reused. */
export interface DnsMatch {
  /** Frame of the query that a response answers; 0 if none, or if the message could not be read whole. */
  responseTo: number
  /** Time since that query, in ns; meaningful only with `responseTo`. */
  latencyNs: number
  /** Frame of the first query or response that this message repeats; 0 if it repeats none. */
  repeatsFrame: number
  /** A query repeated unanswered, or a response to an answered query. */
  isRetransmission: boolean
  /** A response whose query was not captured. */
  isUnsolicited: boolean
}

/** A query that got no answer: told when its place is taken, when it is dropped for lack of room, or at the end. */
export interface UnansweredQuery {
  readonly frame: number
  readonly timeNs: number
  /** Value the caller passed along with the query. */
  readonly tag: unknown
}

/** One object serves the transactions of a slot one after the other. */
interface Transaction {
  queryFrame: number
  queryTimeNs: number
  responseFrame: number
  isZoneTransfer: boolean
  /** Of the query; undefined when nobody needs to hear if it stays unanswered. */
  tag: unknown
}

/**
 * Matches DNS responses to queries as tshark 4.0 does: by conversation and transaction id, names are not compared; the newest query
 * with an id takes the place of the older one. Memory is bounded; the oldest transactions are dropped first and counted in `dropped`.
 */
export class DnsTransactions {
  dropped = 0
  readonly #onUnanswered: (query: UnansweredQuery) => void
  readonly #slots: AgingSlots
  readonly #bySlot: Transaction[] = []
  readonly #match: DnsMatch = {
    responseTo: 0,
    latencyNs: 0,
    repeatsFrame: 0,
    isRetransmission: false,
    isUnsolicited: false,
  }

  constructor(onUnanswered: (query: UnansweredQuery) => void = () => undefined, capacity = DEFAULT_CAPACITY) {
    this.#onUnanswered = onUnanswered
    this.#slots = new AgingSlots(capacity)
  }

  /**
   * Takes the message into account and tells what it means. `conversation` is any number that names the flow (an integer below 2^36);
   * `tag` comes back with {@link UnansweredQuery}. A message that could not be read whole changes the state, but nothing is told of it.
   */
  observe(conversation: number, message: DnsMessage, frame: number, timeNs: number, tag?: unknown): DnsMatch {
    clear(this.#match)
    const low = (Math.floor(conversation / 2 ** 32) << 16) | message.id
    const slot = this.#slots.find(conversation | 0, low)
    const known = slot < 0 ? undefined : this.#bySlot[slot]!
    if (message.isResponse) this.#observeResponse(known, message, frame, timeNs)
    else if (known === undefined || !this.#repeats(known, message, frame, timeNs, tag)) {
      if (known !== undefined) this.#forget(slot)
      else if (this.#slots.isFull) {
        this.#forget(this.#slots.oldest)
        this.dropped += 1
      }
      this.#begin(this.#slots.add(conversation | 0, low), message, frame, timeNs, tag)
    }
    if (!message.complete) clear(this.#match)
    return this.#match
  }

  /** Reports every query still unanswered, oldest first, and forgets everything. */
  drain(): void {
    while (this.#slots.oldest >= 0) this.#forget(this.#slots.oldest)
  }

  /** Whether a query asks again what is still open, and notes it. */
  #repeats(known: Transaction, message: DnsMessage, frame: number, timeNs: number, tag: unknown): boolean {
    if (known.responseFrame !== 0 || timeNs - known.queryTimeNs >= RETRANSMISSION_WINDOW_NS) return false
    this.#match.isRetransmission = true
    this.#match.repeatsFrame = known.queryFrame
    if (message.questionCount > 0 && message.questionsReadable) known.isZoneTransfer = message.isZoneTransfer
    // A cut query is not told to be a repetition, so it counts as one that nobody answered.
    if (!message.complete && tag !== undefined) this.#onUnanswered({ frame, timeNs, tag })
    return true
  }

  #begin(slot: number, { isZoneTransfer }: DnsMessage, frame: number, timeNs: number, tag: unknown): void {
    const used = this.#bySlot[slot]
    if (used === undefined) {
      this.#bySlot[slot] = { queryFrame: frame, queryTimeNs: timeNs, responseFrame: 0, isZoneTransfer, tag }
      return
    }
    used.queryFrame = frame
    used.queryTimeNs = timeNs
    used.responseFrame = 0
    used.isZoneTransfer = isZoneTransfer
    used.tag = tag
  }

  #observeResponse(known: Transaction | undefined, message: DnsMessage, frame: number, timeNs: number): void {
    const match = this.#match
    if (known === undefined) {
      match.isUnsolicited = true
      return
    }
    const isRepeat = known.responseFrame !== 0 && !known.isZoneTransfer
    if (message.questionCount > 0 && message.questionsReadable) known.isZoneTransfer = message.isZoneTransfer
    if (isRepeat) {
      match.isRetransmission = true
      match.repeatsFrame = known.responseFrame
      return
    }
    known.responseFrame = frame
    match.responseTo = known.queryFrame
    match.latencyNs = timeNs - known.queryTimeNs
    // A cut response fills the transaction, but the query counts as unanswered: no response is matched to it.
    if (!message.complete) this.#giveUp(known)
    known.tag = undefined
  }

  #forget(slot: number): void {
    this.#slots.remove(slot)
    this.#giveUp(this.#bySlot[slot]!)
  }

  #giveUp(transaction: Transaction): void {
    if (transaction.tag === undefined) return
    const { queryFrame: frame, queryTimeNs: timeNs, tag } = transaction
    transaction.tag = undefined
    this.#onUnanswered({ frame, timeNs, tag })
  }
}

function clear(match: DnsMatch): void {
  match.responseTo = 0
  match.latencyNs = 0
  match.repeatsFrame = 0
  match.isRetransmission = false
  match.isUnsolicited = false
}
