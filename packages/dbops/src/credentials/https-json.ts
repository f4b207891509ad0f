import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'
import { DbopsError } from '../errors.ts'

export interface JsonRequest {
  readonly url: string
  readonly method?: 'GET' | 'PUT' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Further CA, PEM. */
  readonly ca?: string | undefined
  readonly timeoutMs?: number
  /** Whether an answer means "later", besides 429 and 5xx. */
  readonly isBusy?: (response: JsonResponse) => boolean
}

export interface JsonResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Null when it is no JSON. */
  readonly body: unknown
  readonly text: string
}

const MOST_TRIES = 4
const MOST_PAUSE_MS = 5_000

/** One answer; 429 and 5xx are tried again with Retry-After, or with growing pauses. @throws {DbopsError} TIMED_OUT, CONNECTION_REFUSED */
export async function requestJson(request: JsonRequest): Promise<JsonResponse> {
  for (let tries = 1; ; tries++) {
    const response = await once(request)
    const isLater = response.status === 429 || response.status >= 500 || request.isBusy?.(response) === true
    if (tries >= MOST_TRIES || !isLater) return response
    const after = Number(response.headers['retry-after'])
    const pauseMs = Number.isFinite(after) ? after * 1000 : 100 * 2 ** tries * (0.5 + Math.random() / 2)
    await pause(Math.min(MOST_PAUSE_MS, pauseMs))
  }
}

function once({ url, method = 'GET', headers = {}, body, ca, timeoutMs = 10_000 }: JsonRequest): Promise<JsonResponse> {
  const place = new URL(url)
  const send = place.protocol === 'http:' ? requestHttp : requestHttps
  return new Promise((resolve, reject) => {
    const outgoing = send(
      place,
      { method, headers: { accept: 'application/json', ...headers }, ...(ca === undefined ? {} : { ca }) },
      (incoming) => {
        const parts: Buffer[] = []
        incoming.on('data', (part: Buffer) => void parts.push(part))
        incoming.on('end', () => {
          const text = Buffer.concat(parts).toString('utf8')
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: parsed(text), text })
        })
        incoming.on('error', reject)
      },
    )
    outgoing.setTimeout(timeoutMs, () =>
      outgoing.destroy(new DbopsError('TIMED_OUT', `${place.host} did not answer in time`)),
    )
    outgoing.on('error', (cause) =>
      reject(
        cause instanceof DbopsError
          ? cause
          : new DbopsError(
              'CONNECTION_REFUSED',
              `${place.host} cannot be reached (${(cause as NodeJS.ErrnoException).code})`,
              { cause },
            ),
      ),
    )
    outgoing.end(body)
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
