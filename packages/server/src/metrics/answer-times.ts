const BOUNDS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const

/** Answers of one route with one status. */
interface Times {
  readonly labels: Readonly<Record<'method' | 'route' | 'status', string>>
  /** Answers per bound; the last place is for those above all. */
  readonly counts: number[]
  seconds: number
}

/**
 * How long routes take to answer, as a histogram of Prometheus: what is counted for a route is looked up once, so that counting is three
 * additions. Given to a registry as one of its metrics.
 */
export class AnswerTimes {
  readonly name = 'pcap_http_request_seconds'
  readonly help = 'Time to answer'
  readonly type = 'histogram'
  readonly aggregator = 'sum'
  readonly #byRoute = new Map<unknown, Map<number, Times>>()

  /** @param route what is the same object for every request of a route */
  observe(route: object, describe: () => { method: string; route: string }, status: number, seconds: number): void {
    let byStatus = this.#byRoute.get(route)
    if (byStatus === undefined) this.#byRoute.set(route, (byStatus = new Map()))
    let times = byStatus.get(status)
    if (times === undefined) {
      const counts = new Array<number>(BOUNDS_SECONDS.length + 1).fill(0)
      byStatus.set(status, (times = { labels: { ...describe(), status: String(status) }, counts, seconds: 0 }))
    }
    let bound = 0
    while (seconds > (BOUNDS_SECONDS[bound] ?? Number.POSITIVE_INFINITY)) bound++
    times.counts[bound] = (times.counts[bound] ?? 0) + 1
    times.seconds += seconds
  }

  /** As the registry wants it: cumulated counts, sum and count of each. */
  async get() {
    const values = [...this.#byRoute.values()].flatMap((byStatus) =>
      [...byStatus.values()].flatMap((one) => this.#lines(one)),
    )
    const { name, help, type, aggregator } = this
    return { name, help, type, aggregator, values }
  }

  #lines({ labels, counts, seconds }: Times) {
    let count = 0
    const buckets = [...BOUNDS_SECONDS, '+Inf'].map((le, at) => {
      count += counts[at] ?? 0
      return { metricName: `${this.name}_bucket`, labels: { le, ...labels }, value: count }
    })
    return [
      ...buckets,
      { metricName: `${this.name}_sum`, labels, value: seconds },
      { metricName: `${this.name}_count`, labels, value: count },
    ]
  }
}
