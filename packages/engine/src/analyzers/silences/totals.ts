import type { Flow } from '../../flow/flow.ts'
import { endpointText } from '../../text/endpoint.ts'
import { compareText, getOrMake } from '../support/bounded-map.ts'
import { addIncident, type Incidents, mergeIncidents, newIncidents } from '../support/concluding.ts'
import { type FlowSilences, isPeriodic, type Silence, type SilenceKind, silenceKinds } from './flow-silences.ts'

const MOST_LONGEST = 50
const MOST_PERIODIC = 50
const MOST_ENDPOINTS = 1 << 12

export interface LongSilence extends Silence {
  transport: string
  stream: number
  initiator: string
  initiatorPort: number
  responder: string
  responderPort: number
  isPeriodic: boolean
}

export interface PeriodicFlow {
  transport: string
  stream: number
  initiator: string
  responder: string
  responderPort: number
  silences: number
  meanNs: number
}

export interface SilenceTotals {
  /** By silenceKinds, outside of periodic flows. */
  counts: number[]
  totalNs: number[]
  silentFlows: number
  periodicFlows: number
  periodicSilences: number
  longest: LongSilence[]
  periodic: PeriodicFlow[]
  /** Waits for an answer by responder and port; interrupted transfers by sender and port. */
  awaited: Map<string, Incidents>
  interrupted: Map<string, Incidents>
  /** Silences that were not remembered because too many flows had some. */
  beyond: number
}

export function newSilenceTotals(): SilenceTotals {
  return {
    counts: silenceKinds.map(() => 0),
    totalNs: silenceKinds.map(() => 0),
    silentFlows: 0,
    periodicFlows: 0,
    periodicSilences: 0,
    longest: [],
    periodic: [],
    awaited: new Map(),
    interrupted: new Map(),
    beyond: 0,
  }
}

export function mergeSilenceTotals(into: SilenceTotals, from: SilenceTotals): void {
  for (const i of silenceKinds.keys()) {
    into.counts[i] += from.counts[i]
    into.totalNs[i] += from.totalNs[i]
  }
  into.silentFlows += from.silentFlows
  into.periodicFlows += from.periodicFlows
  into.periodicSilences += from.periodicSilences
  into.beyond += from.beyond
  into.longest.push(...from.longest)
  keepLongest(into)
  into.periodic.push(...from.periodic)
  keepPeriodic(into)
  for (const name of ['awaited', 'interrupted'] as const) {
    for (const [endpoint, incidents] of from[name]) {
      const own = getOrMake(into[name], endpoint, MOST_ENDPOINTS, newIncidents)
      if (own !== null) mergeIncidents(own, incidents)
    }
  }
}

/** Adds a flow that ended. */
export function addFlow(totals: SilenceTotals, flow: Flow, silences: FlowSilences): void {
  const { initiator } = flow
  const names = {
    transport: flow.transport,
    stream: flow.number,
    initiator: flow.address(initiator),
    initiatorPort: flow.port(initiator),
    responder: flow.address(initiator ^ 1),
    responderPort: flow.port(initiator ^ 1),
  }
  const periodic = isPeriodic(silences)
  totals.silentFlows++
  totals.beyond += silences.count - silences.list.length
  if (periodic) {
    const { transport, stream, responder, responderPort } = names
    const meanNs = Math.round(silences.meanNs)
    totals.periodicFlows++
    totals.periodicSilences += silences.count
    totals.periodic.push({
      transport,
      stream,
      initiator: names.initiator,
      responder,
      responderPort,
      silences: silences.count,
      meanNs,
    })
    if (totals.periodic.length > 4 * MOST_PERIODIC) keepPeriodic(totals)
  }
  for (const silence of silences.list) {
    totals.longest.push({ ...silence, ...names, isPeriodic: periodic })
    if (!periodic) count(totals, silence, names)
  }
  if (totals.longest.length > 4 * MOST_LONGEST) keepLongest(totals)
}

function count(
  totals: SilenceTotals,
  { kind, durationNs, frameBefore, frameAfter }: Silence,
  { responder, responderPort }: { responder: string; responderPort: number },
): void {
  const i = silenceKinds.indexOf(kind)
  totals.counts[i]++
  totals.totalNs[i] += durationNs
  const map = mapOf(totals, kind)
  if (map === null) return
  const incidents = getOrMake(map, endpointText(responder, responderPort), MOST_ENDPOINTS, newIncidents)
  if (incidents !== null) addIncident(incidents, durationNs, frameBefore, frameAfter)
}

function mapOf(totals: SilenceTotals, kind: SilenceKind): Map<string, Incidents> | null {
  if (kind === 'answer awaited') return totals.awaited
  return kind === 'transfer interrupted' ? totals.interrupted : null
}

function keepLongest({ longest }: SilenceTotals): void {
  // a frame may hold packets of several flows, one in the other
  longest.sort(
    (a, b) =>
      b.durationNs - a.durationNs ||
      a.frameAfter - b.frameAfter ||
      compareText(a.transport, b.transport) ||
      a.stream - b.stream,
  )
  longest.length = Math.min(longest.length, MOST_LONGEST)
}

function keepPeriodic({ periodic }: SilenceTotals): void {
  periodic.sort((a, b) => b.silences - a.silences || compareText(a.transport, b.transport) || a.stream - b.stream)
  periodic.length = Math.min(periodic.length, MOST_PERIODIC)
}

/** Sorts both lists, for the report. */
export function settleLists(totals: SilenceTotals): void {
  keepLongest(totals)
  keepPeriodic(totals)
}
