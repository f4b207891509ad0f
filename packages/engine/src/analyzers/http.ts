import type { Analyzer, AnalyzerContext, AnalyzerDefinition, AnalyzerResult } from '../analyzer.ts'
import type { Flow } from '../flow/flow.ts'
import type { HttpRequest, HttpResponse } from '../protocols/messages.ts'
import { concludeHttp } from './http/conclusions.ts'
import { httpSection } from './http/section.ts'
import { type HttpTotals, MOST_HOSTS, mergeHttp, newHttpTotals } from './http/totals.ts'
import { addCount } from './support/counter.ts'
import { addDuration } from './support/duration-histogram.ts'
import { addFrame } from './support/evidence-frames.ts'

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

class Http implements Analyzer<HttpTotals> {
  private readonly counts = newHttpTotals()
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

  state(): HttpTotals {
    return this.counts
  }

  merge(other: HttpTotals): void {
    mergeHttp(this.counts, other)
  }

  finish(): AnalyzerResult {
    return {
      section: httpSection(http, this.counts),
      conclusions: concludeHttp(this.counts, this.slowNs, this.context),
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
}
