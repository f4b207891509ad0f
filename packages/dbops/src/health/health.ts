import type { Limit } from './limits.ts'

/** Worst last, so that the worst of several is their maximum. */
const statuses = ['pass', 'warn', 'fail'] as const
export type HealthStatus = (typeof statuses)[number]

/** One thing that was looked at; `message` never holds a host, a user or SQL. */
export interface HealthCheck {
  readonly status: HealthStatus
  readonly latencyMs?: number
  readonly observed?: number | string
  readonly threshold?: number | string
  /** Both edges, where it is a number that is judged. */
  readonly limit?: Limit
  readonly message?: string
}

export interface HealthReport {
  readonly status: HealthStatus
  readonly time: string
  readonly durationMs: number
  readonly checks: Readonly<Record<string, HealthCheck>>
}

/** The worst status; `pass` for none. */
export function worstOf(all: Iterable<HealthStatus>): HealthStatus {
  let worst = 0
  for (const status of all) worst = Math.max(worst, statuses.indexOf(status))
  return statuses[worst]
}

/** 503 only when it fails: a warning still serves. */
export function httpStatusOf(status: HealthStatus): 200 | 503 {
  return status === 'fail' ? 503 : 200
}

/** Probes by name; each says for itself what is wrong and never throws anything but a bug. */
export type HealthProbe = () => Promise<HealthCheck>

export interface HealthMonitorOptions {
  readonly probes: Readonly<Record<string, HealthProbe>>
  /** An answer younger than this is given again; 2 s. */
  readonly cacheMs?: number
  readonly now?: () => Date
}

/** Runs all probes at most once per cache period, however many ask at the same time, so that probes cannot stampede. */
export class HealthMonitor {
  readonly #probes: Readonly<Record<string, HealthProbe>>
  readonly #cacheMs: number
  readonly #now: () => Date
  #last: Promise<HealthReport> | null = null
  #lastAtMs = 0

  constructor({ probes, cacheMs = 2000, now = () => new Date() }: HealthMonitorOptions) {
    this.#probes = probes
    this.#cacheMs = cacheMs
    this.#now = now
  }

  /** What is known now, at most `cacheMs` old. */
  report(): Promise<HealthReport> {
    const nowMs = performance.now()
    if (this.#last !== null && nowMs - this.#lastAtMs < this.#cacheMs) return this.#last
    this.#lastAtMs = nowMs
    this.#last = this.#run()
    return this.#last
  }

  async #run(): Promise<HealthReport> {
    const startMs = performance.now()
    const names = Object.keys(this.#probes)
    const found = await Promise.all(names.map(async (name) => [name, await this.#probes[name]()] as const))
    return {
      status: worstOf(found.map(([, check]) => check.status)),
      time: this.#now().toISOString(),
      durationMs: Math.round(performance.now() - startMs),
      checks: Object.fromEntries(found),
    }
  }
}
