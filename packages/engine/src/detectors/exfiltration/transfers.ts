import type { EndedFlow } from '../support/ended-flow.ts'

const MOST_TRANSFERS = 1 << 12
const MOST_FRAMES = 500
const MOST_PORTS = 64
const UDP = 1 << 16

/** What one host inside and one outside exchanged in flows that the inside began. Bytes are payload. */
export interface Transfer {
  readonly source: string
  readonly target: string
  sentBytes: number
  receivedBytes: number
  flows: number
  /** The first service used; a number that {@link serviceText} tells, and the bytes sent to it. */
  readonly service: number
  serviceBytes: number
  /** Bytes sent to other services; those that do not fit are only in the sum. Null while there is but one. */
  others: Map<number, number> | null
  firstNs: number
  lastNs: number
  /** First frames of the flows, the smallest. */
  frames: number[]
}

/** Every transfer; exact and independent of the order within the bounds. */
export interface ExfiltrationState {
  transfers: Map<string, Transfer>
  /** Transfers given up to make room: those that sent least. */
  dropped: number
}

export function newExfiltrationState(): ExfiltrationState {
  return { transfers: new Map(), dropped: 0 }
}

export function addFlow(state: ExfiltrationState, flow: EndedFlow): void {
  add(state, {
    source: flow.initiator,
    target: flow.responder,
    sentBytes: flow.initiatorBytes,
    receivedBytes: flow.responderBytes,
    flows: 1,
    service: flow.isTcp ? flow.responderPort : flow.responderPort + UDP,
    serviceBytes: flow.initiatorBytes,
    others: null,
    firstNs: flow.firstTimeNs,
    lastNs: flow.lastTimeNs,
    frames: [flow.firstFrame],
  })
}

/** Commutative and associative within the bounds. */
export function mergeExfiltration(into: ExfiltrationState, from: ExfiltrationState): void {
  into.dropped += from.dropped
  for (const transfer of from.transfers.values()) add(into, transfer)
}

function add(state: ExfiltrationState, from: Transfer): void {
  const key = `${from.source} ${from.target}`
  const into = state.transfers.get(key)
  if (into === undefined) {
    if (state.transfers.size >= 2 * MOST_TRANSFERS) dropSmallest(state)
    state.transfers.set(key, from)
    return
  }
  into.sentBytes += from.sentBytes
  into.receivedBytes += from.receivedBytes
  into.flows += from.flows
  addService(into, from.service, from.serviceBytes)
  for (const [service, bytes] of from.others ?? []) addService(into, service, bytes)
  into.firstNs = Math.min(into.firstNs, from.firstNs)
  into.lastNs = Math.max(into.lastNs, from.lastNs)
  into.frames.push(...from.frames)
  if (into.frames.length >= 2 * MOST_FRAMES) {
    into.frames.sort((a, b) => a - b)
    into.frames.length = MOST_FRAMES
  }
}

function addService(transfer: Transfer, service: number, bytes: number): void {
  if (service === transfer.service) {
    transfer.serviceBytes += bytes
    return
  }
  transfer.others ??= new Map()
  const known = transfer.others.get(service)
  if (known !== undefined || transfer.others.size < MOST_PORTS) transfer.others.set(service, (known ?? 0) + bytes)
}

/** The service that got most, and how much; of equal ones the one with the lower number. */
export function mainService({ service, serviceBytes, others }: Transfer): {
  readonly name: string
  readonly bytes: number
} {
  const [[main, bytes]] = [[service, serviceBytes] as const, ...(others ?? [])].sort(
    (a, b) => b[1] - a[1] || a[0] - b[0],
  )
  return { name: serviceText(main), bytes }
}

/** `TCP 443`. */
function serviceText(service: number): string {
  return service >= UDP ? `UDP ${service - UDP}` : `TCP ${service}`
}

function dropSmallest(state: ExfiltrationState): void {
  const ranked = [...state.transfers].sort(
    (a, b) => b[1].sentBytes - a[1].sentBytes || (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0),
  )
  state.dropped += ranked.length - MOST_TRANSFERS
  state.transfers = new Map(ranked.slice(0, MOST_TRANSFERS))
}
