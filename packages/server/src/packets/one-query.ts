import { HttpError } from '../http/http-error.ts'

interface Query {
  readonly key: string
  readonly stopping: AbortController
  asked: number
}

/** Lets each user run one query at a time: whoever asks for another gives up the one before. Parts of the same query are no others. */
export class OneQuery {
  readonly #running = new Map<string, Query>()

  /** @throws what `work` throws; {HttpError} 409 with `error_type: query_replaced` when another query came */
  async run<Result>(userId: string, key: string, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const before = this.#running.get(userId)
    if (before !== undefined && before.key !== key) before.stopping.abort(replaced())
    const query = before?.key === key ? before : { key, stopping: new AbortController(), asked: 0 }
    this.#running.set(userId, query)
    query.asked++
    try {
      return await work(query.stopping.signal)
    } finally {
      query.asked--
      if (query.asked === 0 && this.#running.get(userId) === query) this.#running.delete(userId)
    }
  }
}

function replaced(): HttpError {
  return new HttpError(409, 'Another filter of yours was applied meanwhile', {
    fields: { error_type: 'query_replaced' },
  })
}
