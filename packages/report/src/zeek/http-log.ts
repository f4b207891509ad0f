import type { HttpRequest, HttpResponse } from '@pcap-analyzer/engine/observe'
import type { Connection } from './connection.ts'
import { headColumns, type LogColumn, type LogValue } from './log-text.ts'

export const httpColumns: readonly LogColumn[] = [
  ...headColumns,
  ['trans_depth', 'count'],
  ['method', 'string'],
  ['host', 'string'],
  ['uri', 'string'],
  ['referrer', 'string'],
  ['version', 'string'],
  ['user_agent', 'string'],
  ['origin', 'string'],
  ['request_body_len', 'count'],
  ['response_body_len', 'count'],
  ['status_code', 'count'],
  ['status_msg', 'string'],
  ['info_code', 'count'],
  ['info_msg', 'string'],
  ['tags', 'set[enum]'],
  ['username', 'string'],
  ['proxied', 'set[string]'],
]

interface Waiting {
  readonly request: HttpRequest
  readonly connection: Connection
  readonly depth: number
  /** Last response of interim (1xx) that came before the response. */
  interim: HttpResponse | null
}

const MOST_WAITING = 1 << 16

/** Rows of http.log: a request with its response, told with the response; requests without one, at the end. */
export class HttpLog {
  private readonly waiting = new Map<HttpRequest, Waiting>()
  private readonly depths = new WeakMap<Connection, number>()
  /** An interim response comes before its request is complete when it asks for the body (RFC 9110 §10.1.1). */
  private readonly interims = new WeakMap<Connection, HttpResponse>()
  private readonly take: (row: readonly LogValue[]) => void
  private readonly ts: (timeNs: number) => string | null

  constructor(take: (row: readonly LogValue[]) => void, ts: (timeNs: number) => string | null) {
    this.take = take
    this.ts = ts
  }

  request(request: HttpRequest, connection: Connection): void {
    if (request.stream < 0) return
    connection.services.add('http')
    const depth = (this.depths.get(connection) ?? 0) + 1
    this.depths.set(connection, depth)
    this.waiting.set(request, { request, connection, depth, interim: this.interims.get(connection) ?? null })
    this.interims.delete(connection)
    if (this.waiting.size > MOST_WAITING) this.tellOldest()
  }

  /** Interim responses (1xx) are not those that a request waits for. */
  response(response: HttpResponse, connection: Connection | null): void {
    if (response.stream < 0) return
    const asked = response.request === null ? undefined : this.waiting.get(response.request)
    if (response.status >= 100 && response.status < 200 && response.status !== 101) {
      if (asked !== undefined) asked.interim = response
      else if (connection !== null) this.interims.set(connection, response)
    } else if (asked !== undefined) {
      this.waiting.delete(asked.request)
      this.tell(asked.connection, asked.request, response, asked.depth, asked.interim)
    } else if (connection !== null && response.request === null) {
      connection.services.add('http')
      const depth = (this.depths.get(connection) ?? 0) + 1
      this.depths.set(connection, depth)
      this.tell(connection, null, response, depth, null)
    }
  }

  finish(): void {
    while (this.waiting.size > 0) this.tellOldest()
  }

  private tellOldest(): void {
    const [oldest] = this.waiting.values()
    if (oldest === undefined) return
    this.waiting.delete(oldest.request)
    this.tell(oldest.connection, oldest.request, null, oldest.depth, oldest.interim)
  }

  private tell(
    connection: Connection,
    request: HttpRequest | null,
    response: HttpResponse | null,
    depth: number,
    interim: HttpResponse | null,
  ): void {
    const asked = request?.details
    const answered = response?.details
    const proxied = [...(asked?.proxied ?? []), ...(answered?.proxied ?? [])]
    this.take([
      this.ts((request ?? response)?.firstTimeNs ?? 0),
      connection.uid,
      ...connection.ends,
      depth,
      request?.method ?? null,
      request?.host ?? null,
      request?.uri ?? null,
      asked?.referrer || null,
      answered?.version || asked?.version || null,
      request?.userAgent ?? null,
      asked?.origin || null,
      asked?.contentBytes ?? 0,
      answered?.contentBytes ?? 0,
      response?.status ?? null,
      answered?.statusText || null,
      interim?.status ?? null,
      interim?.details?.statusText || null,
      [],
      asked?.userName || null,
      proxied.length === 0 ? null : [...new Set(proxied)],
    ])
  }
}
