import { withNumber } from '../../analyzers/support/short-list.ts'
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
  const service = flow.isTcp ? flow.responderPort : flow.responderPort + UDP
  const into = transferOf(state, flow.initiator, flow.responder, service)
  into.sentBytes += flow.initiatorBytes
  into.receivedBytes += flow.responderBytes
  into.flows++
  addService(into, service, flow.initiatorBytes)
  into.firstNs = Math.min(into.firstNs, flow.firstTimeNs)
  into.lastNs = Math.max(into.lastNs, flow.lastTimeNs)
  into.frames = withNumber(into.frames, flow.firstFrame)
  keepFirstFrames(into)
}

/** Commutative and associative within the bounds. */
export function mergeExfiltration(into: ExfiltrationState, from: ExfiltrationState): void {
  into.dropped += from.dropped
  for (const transfer of from.transfers.values()) merge(into, transfer)
}

function merge(state: ExfiltrationState, from: Transfer): void {
  const into = transferOf(state, from.source, from.target, from.service)
  into.sentBytes += from.sentBytes
  into.receivedBytes += from.receivedBytes
  into.flows += from.flows
  addService(into, from.service, from.serviceBytes)
  for (const [service, bytes] of from.others ?? []) addService(into, service, bytes)
  into.firstNs = Math.min(into.firstNs, from.firstNs)
  into.lastNs = Math.max(into.lastNs, from.lastNs)
  into.frames.push(...from.frames)
  keepFirstFrames(into)
}

/** The transfer of `source` to `target`; a new one, made room for, that first used `service`. */
function transferOf(state: ExfiltrationState, source: string, target: string, service: number): Transfer {
  const key = `${source} ${target}`
  const known = state.transfers.get(key)
  if (known !== undefined) return known
  if (state.transfers.size >= 2 * MOST_TRANSFERS) dropSmallest(state)
  const transfer = {
    source,
    target,
    sentBytes: 0,
    receivedBytes: 0,
    flows: 0,
    service,
    serviceBytes: 0,
    others: null,
    firstNs: Number.POSITIVE_INFINITY,
    lastNs: Number.NEGATIVE_INFINITY,
    frames: [],
  }
  state.transfers.set(key, transfer)
  return transfer
}

function keepFirstFrames({ frames }: Transfer): void {
  if (frames.length < 2 * MOST_FRAMES) return
  frames.sort((a, b) => a - b)
  frames.length = MOST_FRAMES
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
