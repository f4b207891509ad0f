import type { Analyzer, AnalyzerContext, AnalyzerDefinition, AnalyzerResult } from '../analyzer.ts'
import type { Conclusion, Test } from '../finding.ts'
import type { Flow } from '../flow/flow.ts'
import type { HttpRequest, HttpResponse } from '../protocols/messages.ts'
import { concludeSum } from './support/concluding.ts'
import { addCount, countTable, mergeCounts } from './support/counter.ts'
import {
  addDuration,
  type DurationHistogram,
  mergeHistogram,
  newHistogram,
  percentileNs,
} from './support/duration-histogram.ts'
import { addFrame, type EvidenceFrames, mergeEvidence, newEvidence } from './support/evidence-frames.ts'
import { percentileFacts } from './support/percentile-facts.ts'

const MOST_HOSTS = 1 << 13

/** HTTP/1.x in clear: requests, status codes, how long servers took to begin and to end their answers. */
export const http: AnalyzerDefinition = {
  id: 'http',
  title: 'HTTP',
  description:
    'Requests and responses of HTTP/1.x in clear: status codes, hosts, time from request to first and to last byte.',
  settings: {
    slowResponse: {
      unit: 'ns',
      default: 1e9,
      least: 0,
      most: 3600e9,
      description: 'Responses that begin at least this long after their request was complete are slow.',
    },
    highSlowTotal: {
      unit: 'ns',
      default: 5e9,
      least: 0,
      most: 86_400e9,
      description: 'Slow responses that together take at least this long are of high severity.',
    },
  },
  create: (context) => new Http(context),
}

interface State {
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

class Http implements Analyzer<State> {
  private readonly counts: State = {
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
  private readonly slowNs: number
  private readonly context: AnalyzerContext
  /** Slow responses by TCP stream, until its flow ends and tells the round trip. */
  private readonly slowStreams = new Map<number, { responses: number; ns: number }>()
  readonly on = {
    httpRequest: (request: HttpRequest) => this.request(request),
    httpResponse: (response: HttpResponse) => this.response(response),
    flowEnd: (flow: Flow) => {
      if (this.slowStreams.size > 0 && flow.transport === 'tcp') this.flowEnd(flow)
    },
  }

  constructor(context: AnalyzerContext) {
    this.context = context
    this.slowNs = context.latencyNs ?? context.setting('slowResponse')
  }

  state(): State {
    return this.counts
  }

  merge(other: State): void {
    const { counts } = this
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

  finish(): AnalyzerResult {
    const { counts } = this
    return {
      section: {
        id: http.id,
        title: http.title,
        view: 'ours',
        facts: [
          { key: 'requests', label: 'Requests', unit: 'count', value: counts.requests },
          { key: 'responses', label: 'Responses', unit: 'count', value: counts.responses },
          {
            key: 'timedResponses',
            label: 'Responses with their request',
            unit: 'count',
            value: counts.firstByte.count,
          },
          {
            key: 'slowByServer',
            label: 'Responses that the server began late',
            unit: 'count',
            value: counts.slowByServer,
          },
          ...percentileFacts('firstByte', 'First byte after request', counts.firstByte),
          ...percentileFacts('lastByte', 'Last byte after request', counts.lastByte),
        ],
        tables: [
          countTable(
            'statuses',
            'Responses by status code',
            { key: 'status', label: 'Status', unit: 'text' },
            { key: 'responses', label: 'Responses', unit: 'count' },
            counts.statuses,
          ),
          countTable(
            'hosts',
            'Hosts asked for most',
            { key: 'host', label: 'Host', unit: 'text' },
            { key: 'requests', label: 'Requests', unit: 'count' },
            counts.hosts,
          ),
        ],
      },
      conclusions: this.conclusions(),
    }
  }

  private request(request: HttpRequest): void {
    this.counts.requests++
    addCount(this.counts.hosts, (request.host ?? '(none)').slice(0, 255), MOST_HOSTS)
  }

  private response(response: HttpResponse): void {
    const { counts } = this
    counts.responses++
    addCount(counts.statuses, String(response.status), MOST_HOSTS)
    if (response.status >= 500) addFrame(counts.serverErrors, response.frame)
    else if (response.status >= 400) counts.clientErrors++
    if (response.request === null || response.serverDelayNs < 0) return
    addDuration(counts.firstByte, response.serverDelayNs)
    addDuration(counts.lastByte, response.lastTimeNs - response.request.lastTimeNs)
    if (response.serverDelayNs < this.slowNs) return
    addFrame(counts.slow, response.frame)
    counts.slowNs += response.serverDelayNs
    if (response.stream < 0) return
    const slow = this.slowStreams.get(response.stream) ?? { responses: 0, ns: 0 }
    slow.responses += 1
    slow.ns += response.serverDelayNs
    this.slowStreams.set(response.stream, slow)
  }

  private flowEnd(flow: Flow): void {
    const slow = this.slowStreams.get(flow.number)
    if (slow === undefined) return
    const pathNs = slow.responses * flow.initialRttNs
    this.counts.slowPathNs += pathNs
    if (2 * pathNs < slow.ns) this.counts.slowByServer += slow.responses
    this.slowStreams.delete(flow.number)
  }

  /** The wait for the first byte, held against the round trips of the same connections and against the other responses. */
  private slowHypotheses(): Test[] {
    const { slow, slowNs: totalNs, slowPathNs: pathNs, firstByte } = this.counts
    const medianNs = percentileNs(firstByte, 0.5) ?? 0
    const isPath = 2 * pathNs >= totalNs
    return [
      { id: 'server', accepted: !isPath, values: { serverNs: totalNs - pathNs, totalNs } },
      { id: 'path', accepted: isPath, values: { pathNs, totalNs } },
      { id: 'always', accepted: medianNs >= this.slowNs, values: { medianNs, slow: slow.total } },
    ]
  }

  private conclusions(): Conclusion[] {
    const { counts, slowNs } = this
    const { slow, serverErrors, responses } = counts
    const found: Conclusion[] = []
    if (slow.total > 0) {
      found.push({
        ...concludeSum('http-slow-server', slow),
        view: 'ours',
        severity: counts.slowNs >= this.context.setting('highSlowTotal') ? 'high' : 'medium',
        costNs: counts.slowNs,
        values: { slow: slow.total, responses, limitNs: slowNs, totalNs: counts.slowNs },
        hypotheses: this.slowHypotheses(),
        needs: ['monotone-clock'],
      })
    }
    if (serverErrors.total > 0) {
      found.push({
        ...concludeSum('http-server-errors', serverErrors),
        view: 'ours',
        severity: 'medium',
        values: { errors: serverErrors.total, responses },
        hypotheses: [
          { id: 'server', accepted: true, values: { errors: serverErrors.total } },
          { id: 'request', accepted: false, values: { clientErrors: counts.clientErrors } },
        ],
        displayFilter: 'http.response.code >= 500',
      })
    }
    return found
  }
}
