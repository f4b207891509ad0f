import { mergeCounts } from '../support/counter.ts'
import { type DurationHistogram, mergeHistogram, newHistogram } from '../support/duration-histogram.ts'
import { type EvidenceFrames, mergeEvidence, newEvidence } from '../support/evidence-frames.ts'

/** Hosts, and status codes, told apart. */
export const MOST_HOSTS = 1 << 13

/** What the HTTP analyzer remembers. */
export interface HttpTotals {
  requests: number
  responses: number
  statuses: Map<string, number>
  hosts: Map<string, number>
  firstByte: DurationHistogram
  lastByte: DurationHistogram
  slow: EvidenceFrames
  slowNs: number
  /** Round trips of the connections of slow responses, one each. */
  slowPathNs: number
  /** Slow responses of connections on which the round trips are the lesser part of the wait. */
  slowByServer: number
  clientErrors: number
  serverErrors: EvidenceFrames
}

export function newHttpTotals(): HttpTotals {
  return {
    requests: 0,
    responses: 0,
    statuses: new Map(),
    hosts: new Map(),
    firstByte: newHistogram(),
    lastByte: newHistogram(),
    slow: newEvidence(),
    slowNs: 0,
    slowPathNs: 0,
    slowByServer: 0,
    clientErrors: 0,
    serverErrors: newEvidence(),
  }
}

export function mergeHttp(counts: HttpTotals, other: HttpTotals): void {
  counts.requests += other.requests
  counts.responses += other.responses
  counts.slowNs += other.slowNs
  counts.slowPathNs += other.slowPathNs
  counts.slowByServer += other.slowByServer
  counts.clientErrors += other.clientErrors
  mergeCounts(counts.statuses, other.statuses, MOST_HOSTS)
  mergeCounts(counts.hosts, other.hosts, MOST_HOSTS)
  mergeHistogram(counts.firstByte, other.firstByte)
  mergeHistogram(counts.lastByte, other.lastByte)
  mergeEvidence(counts.slow, other.slow)
  mergeEvidence(counts.serverErrors, other.serverErrors)
}
