import { HttpError } from '../http/http-error.ts'

/** Who asks: a user, in one of the windows that are open. */
export interface Asker {
  readonly userId: string
  /** Made by the client; empty for clients that have but one. */
  readonly window: string
}

interface Query {
  readonly key: string
  readonly stopping: AbortController
  asked: number
}

/**
 * Lets each window of a user run one query at a time: one that asks for another gives up the one before. Parts of the same query are no others,
 * and other windows go on.
 */
export class OneQuery {
  readonly #running = new Map<string, Query>()

  /** @throws what `work` throws; {HttpError} 409 with `error_type: query_replaced` when another query came */
  async run<Result>(
    { userId, window }: Asker,
    key: string,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const asker = `${userId} ${window}`
    const before = this.#running.get(asker)
    if (before !== undefined && before.key !== key) before.stopping.abort(replaced())
    const query = before?.key === key ? before : { key, stopping: new AbortController(), asked: 0 }
    this.#running.set(asker, query)
    query.asked++
    try {
      return await work(query.stopping.signal)
    } finally {
      query.asked--
      if (query.asked === 0 && this.#running.get(asker) === query) this.#running.delete(asker)
    }
  }
}

function replaced(): HttpError {
  return new HttpError(409, 'query_replaced', 'Another filter was applied in the same window meanwhile')
}
