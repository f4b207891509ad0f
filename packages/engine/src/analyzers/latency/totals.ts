import { getOrMake } from '../support/bounded-map.ts'
import { type Incidents, mergeIncidents, newIncidents } from '../support/concluding.ts'
import { newParts, waitedNs } from './parts.ts'

const MOST_SERVERS = 1 << 12
const MOST_CONVERSATIONS = 1 << 12
const MOST_LISTED = 50
const MOST_NAMES = 1 << 13
/** Answers remembered of one client and address, the earliest, and the numbers that each takes. */
const MOST_ANSWERS = 32
const ANSWER_NUMBERS = 3
/** Connections remembered of one client and server, the earliest: for those that waited for DNS. */
const MOST_OPENINGS = 32

/** One transaction, its boundaries tied to frames; 0 where there is none. */
export interface Transaction {
  stream: number
  client: string
  server: string
  serverPort: number
  /** What was asked for: method and target, or the name of the TLS server; '' when unknown. */
  label: string
  beginNs: number
  beginFrame: number
  connectedFrame: number
  requestFrame: number
  requestEndFrame: number
  firstByteFrame: number
  lastByteFrame: number
  /** By parts.ts, ns. */
  times: number[]
  dnsFrame: number
}

/** Sums over the transactions with one server, or between one client and one server. */
export interface Budget {
  transactions: number
  times: number[]
}

/** An answer of DNS that a later connection may have waited for. */
export interface Resolution {
  queryNs: number
  answerNs: number
  frame: number
}

/** State of the analyzer; everything merges by adding or by taking the slowest. */
export interface LatencyTotals {
  transactions: number
  times: number[]
  /** What 20 ms less of round trip would have saved, see what-if.ts. */
  savedByRttNs: number
  /** What receive windows twice as large would have saved, see what-if.ts. */
  savedByWindowNs: number
  dnsTransactions: number
  dnsNs: number
  /** By address and port. */
  servers: Map<string, Budget>
  /** By the addresses of client and server. */
  conversations: Map<string, Budget>
  /** By server that let clients wait without HTTP telling so. */
  slowServers: Map<string, SlowServer>
  slowest: Transaction[]
  /** By client, then by address asked for: frame, query and answer, ns, of each answer, by frame. */
  resolutions: Map<string, Map<string, number[]>>
  /** Beginnings of connections, ns, by {@link openingKey}: the earliest of each. */
  openings: Map<string, number[]>
  /** Pairs of client and address in {@link resolutions}. */
  resolved: number
}

export interface SlowServer extends Incidents {
  shortestNs: number
  pathNs: number
  retransmissionNs: number
  zeroWindowNs: number
}

export function newLatencyTotals(): LatencyTotals {
  return {
    transactions: 0,
    times: newParts(),
    savedByRttNs: 0,
    savedByWindowNs: 0,
    dnsTransactions: 0,
    dnsNs: 0,
    servers: new Map(),
    conversations: new Map(),
    slowServers: new Map(),
    slowest: [],
    resolutions: new Map(),
    openings: new Map(),
    resolved: 0,
  }
}

export function addTimes(into: number[], from: ArrayLike<number>, start = 0): void {
  for (let part = 0; part < into.length; part++) into[part] += from[start + part]
}

/** Adds the transactions of a connection to those with its `service`, address and port, and to those between its two hosts. */
export function addBudgets(
  totals: LatencyTotals,
  client: string,
  server: string,
  service: string,
  transactions: number,
  times: ArrayLike<number>,
  start: number,
): void {
  addBudget(totals.servers, service, MOST_SERVERS, transactions, times, start)
  addBudget(totals.conversations, `${client} ${server}`, MOST_CONVERSATIONS, transactions, times, start)
}

function addBudget(
  budgets: Map<string, Budget>,
  key: string,
  most: number,
  transactions: number,
  times: ArrayLike<number>,
  start = 0,
): void {
  const known = getOrMake(budgets, key, most, newBudget)
  if (known === null) return
  known.transactions += transactions
  addTimes(known.times, times, start)
}

function newBudget(): Budget {
  return { transactions: 0, times: newParts() }
}

export function slowServerOf(totals: LatencyTotals, server: string): SlowServer | null {
  return getOrMake(totals.slowServers, server, MOST_SERVERS, () => ({
    ...newIncidents(),
    shortestNs: Number.MAX_SAFE_INTEGER,
    pathNs: 0,
    retransmissionNs: 0,
    zeroWindowNs: 0,
  }))
}

/** Adds an answer to a client that tells addresses. Independent of the order while there are not too many clients and addresses. */
export function addResolutions(
  totals: LatencyTotals,
  client: string,
  addresses: readonly string[],
  frame: number,
  queryNs: number,
  answerNs: number,
): void {
  let byAddress = totals.resolutions.get(client)
  for (const address of addresses) {
    const known = byAddress?.get(address)
    if (known !== undefined) addAnswer(known, frame, queryNs, answerNs)
    else if (totals.resolved < MOST_NAMES) {
      if (byAddress === undefined) totals.resolutions.set(client, (byAddress = new Map()))
      byAddress.set(address, [frame, queryNs, answerNs])
      totals.resolved++
    }
  }
}

/** Puts an answer where its frame belongs; only the earliest are kept. O(1) for one that is later than those before, as most are. */
function addAnswer(answers: number[], frame: number, queryNs: number, answerNs: number): void {
  let at = answers.length
  while (at > 0 && answers[at - ANSWER_NUMBERS] > frame) at -= ANSWER_NUMBERS
  if (at === MOST_ANSWERS * ANSWER_NUMBERS) return
  if (at === answers.length) answers.push(frame, queryNs, answerNs)
  else answers.splice(at, 0, frame, queryNs, answerNs)
  if (answers.length > MOST_ANSWERS * ANSWER_NUMBERS) answers.length = MOST_ANSWERS * ANSWER_NUMBERS
}

/** What the connections of a client to an address may have waited for: the earliest answers. */
export function resolutionsOf(totals: LatencyTotals, client: string, address: string): Resolution[] {
  return resolutionsIn(totals.resolutions.get(client)?.get(address) ?? [])
}

function resolutionsIn(answers: readonly number[]): Resolution[] {
  const resolutions: Resolution[] = []
  for (let at = 0; at < answers.length; at += ANSWER_NUMBERS)
    resolutions.push({ frame: answers[at], queryNs: answers[at + 1], answerNs: answers[at + 2] })
  return resolutions
}

/** Remembers when a connection began that was seen to open. */
export function addOpening(totals: LatencyTotals, ends: string, beginNs: number): void {
  const known = getOrMake(totals.openings, ends, MOST_CONVERSATIONS, () => [])
  if (known === null) return
  known.push(beginNs)
  if (known.length >= 2 * MOST_OPENINGS) known.splice(0, known.length, ...earliestOpenings(known))
}

/** The connections of which the wait for DNS is told, whatever else is still kept. */
export function earliestOpenings(begins: readonly number[]): number[] {
  return begins.toSorted((a, b) => a - b).slice(0, MOST_OPENINGS)
}

/** Adds to the list of the slowest, which is cut now and then. Returns the least wait that may still be listed. */
export function addTransaction(totals: LatencyTotals, transaction: Transaction): number | null {
  totals.slowest.push(transaction)
  if (totals.slowest.length < 4 * MOST_LISTED) return null
  keepSlowest(totals)
  return waitedNs(totals.slowest[MOST_LISTED - 1].times)
}

/** The longest wait first, then by frame. */
export function keepSlowest(totals: LatencyTotals): void {
  totals.slowest.sort(
    (a, b) => waitedNs(b.times) - waitedNs(a.times) || a.lastByteFrame - b.lastByteFrame || a.stream - b.stream,
  )
  totals.slowest.length = Math.min(totals.slowest.length, MOST_LISTED)
}

export function mergeLatency(into: LatencyTotals, from: LatencyTotals): void {
  into.transactions += from.transactions
  addTimes(into.times, from.times)
  into.savedByRttNs += from.savedByRttNs
  into.savedByWindowNs += from.savedByWindowNs
  into.dnsTransactions += from.dnsTransactions
  into.dnsNs += from.dnsNs
  for (const [server, { transactions, times }] of from.servers)
    addBudget(into.servers, server, MOST_SERVERS, transactions, times)
  for (const [hosts, { transactions, times }] of from.conversations)
    addBudget(into.conversations, hosts, MOST_CONVERSATIONS, transactions, times)
  for (const [server, slow] of from.slowServers) {
    const known = slowServerOf(into, server)
    if (known === null) continue
    mergeIncidents(known, slow)
    known.shortestNs = Math.min(known.shortestNs, slow.shortestNs)
    known.pathNs += slow.pathNs
    known.retransmissionNs += slow.retransmissionNs
    known.zeroWindowNs += slow.zeroWindowNs
  }
  for (const [client, byAddress] of from.resolutions) {
    for (const [address, answers] of byAddress)
      for (const { frame, queryNs, answerNs } of resolutionsIn(answers))
        addResolutions(into, client, [address], frame, queryNs, answerNs)
  }
  for (const [ends, begins] of from.openings) for (const begin of begins) addOpening(into, ends, begin)
  into.slowest.push(...from.slowest)
  keepSlowest(into)
}
