import type { Analyzer, AnalyzerContext, AnalyzerResult } from '../analyzer.ts'
import type { Flow } from '../flow/flow.ts'
import type { HttpRequest, HttpResponse } from '../protocols/messages.ts'
import type { DetectorDefinition } from './detector.ts'
import { concludeHttpFloods } from './http-flood/conclusions.ts'
import {
  addRequests,
  type HeardRequest,
  type HttpFloodState,
  mergeRequests,
  newHttpFloodState,
} from './http-flood/requests.ts'
import { endedFlow } from './support/ended-flow.ts'

const MOST_REQUESTS = 4096
const MOST_PATH = 120
const TOO_MANY_REQUESTS = 429

/** Web servers that are asked more than they can serve, or the same by programs again and again. */
export const httpFlood: DetectorDefinition = {
  id: 'http-flood',
  title: 'HTTP floods',
  description:
    'Requests of HTTP in clear to one server, counted by a sliding window: so many that most are not served, or nearly all for the same path by clients faster than any person.',
  attack: ['T1499.002'],
  lookAlikes: ['a busy web server that serves its visitors', 'probes for health from a load balancer'],
  settings: {
    rate: {
      unit: 'count',
      default: 100,
      least: 1,
      most: 1_000_000,
      description: 'Requests a second to one server, from which it may be flooded.',
    },
    window: {
      unit: 'ns',
      default: 5e9,
      least: 1e9,
      most: 600e9,
      description: 'Span of time over which the rate must hold on average; whole seconds.',
    },
    servedShare: {
      unit: 'ratio',
      default: 0.5,
      least: 0,
      most: 1,
      description: 'A server that serves less than this share of its requests is overloaded.',
    },
    samePathShare: {
      unit: 'ratio',
      default: 0.9,
      least: 0.1,
      most: 1,
      description: 'Share of the requests that ask for the same, from which on they are the work of programs.',
    },
  },
  create: (context) => new HttpFlood(context),
}

class HttpFlood implements Analyzer<HttpFloodState> {
  private readonly counts = newHttpFloodState()
  private readonly context: AnalyzerContext
  /** By TCP stream, until its flow ends and tells who was asked. */
  private readonly open = new Map<number, HeardRequest[]>()
  readonly on = {
    httpRequest: (request: HttpRequest) => this.request(request),
    httpResponse: (response: HttpResponse) => this.response(response),
    flowEnd: (flow: Flow) => {
      if (this.open.size > 0 && flow.transport === 'tcp') this.flowEnd(flow)
    },
  }

  constructor(context: AnalyzerContext) {
    this.context = context
  }

  state(): HttpFloodState {
    return this.counts
  }

  merge(other: HttpFloodState): void {
    mergeRequests(this.counts, other)
  }

  finish(): AnalyzerResult {
    const { context, counts } = this
    const conclusions = concludeHttpFloods(counts, {
      rate: context.setting('rate'),
      windowSeconds: Math.max(1, Math.round(context.setting('window') / 1e9)),
      servedShare: context.setting('servedShare'),
      samePathShare: context.setting('samePathShare'),
    })
    return {
      section: {
        id: httpFlood.id,
        title: httpFlood.title,
        view: null,
        facts: [
          { key: 'servers', label: 'Web servers asked', unit: 'count', value: counts.servers.size },
          { key: 'flooded', label: 'Of these flooded', unit: 'count', value: conclusions.length },
          { key: 'secondsBeyond', label: 'Seconds given up for room', unit: 'count', value: counts.droppedSeconds },
        ],
        tables: [],
      },
      conclusions,
    }
  }

  private request({ stream, timeNs, frame, method, uri }: HttpRequest): void {
    if (stream < 0) return
    const query = uri.indexOf('?')
    const path = `${method} ${uri.slice(0, query < 0 ? MOST_PATH : Math.min(query, MOST_PATH))}`
    const heard = this.open.get(stream)
    const request = { timeNs, frame, path, isServed: false }
    if (heard === undefined) this.open.set(stream, [request])
    else if (heard.length < MOST_REQUESTS) heard.push(request)
  }

  private response({ stream, status, request }: HttpResponse): void {
    if (request === null || status >= 500 || status === TOO_MANY_REQUESTS) return
    const heard = this.open.get(stream)
    // answers come in order: the request is the last one, but for pipelining
    const asked = heard?.findLast(({ frame, isServed }) => frame === request.frame && !isServed)
    if (asked !== undefined) asked.isServed = true
  }

  private flowEnd(flow: Flow): void {
    const heard = this.open.get(flow.number)
    if (heard === undefined) return
    this.open.delete(flow.number)
    const { initiator, responder, responderPort } = endedFlow(flow)
    addRequests(this.counts, `${responder} ${responderPort}`, initiator, heard)
  }
}
