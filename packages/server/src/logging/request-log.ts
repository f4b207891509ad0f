import { type FastifyBaseLogger, type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import { type Bindings, type Logger, levels } from 'pino'

type Line = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace'

/** The log of one request. What every line of it begins with is worked out when the first is written; most requests write none. */
export class RequestLog {
  readonly #log: FastifyBaseLogger
  readonly #bindings: Bindings
  readonly #leastLevel: number
  #own: FastifyBaseLogger | null = null

  /** @param leastLevel what the route itself wants to be told of, beside the level of the log */
  constructor(log: FastifyBaseLogger, bindings: Bindings, leastLevel?: string) {
    this.#log = log
    this.#bindings = bindings
    this.#leastLevel = leastLevel === undefined ? 0 : (levels.values[leastLevel] ?? 0)
  }

  get level(): string {
    return this.#log.level
  }

  silent(): void {}

  fatal(...line: unknown[]): void {
    this.#write('fatal', line)
  }

  error(...line: unknown[]): void {
    this.#write('error', line)
  }

  warn(...line: unknown[]): void {
    this.#write('warn', line)
  }

  info(...line: unknown[]): void {
    this.#write('info', line)
  }

  /** For the only line that most requests write: nothing is kept for more. */
  infoOnce(fields: object, message: string): void {
    if (this.isLevelEnabled('info')) this.#log.info({ ...this.#bindings, ...fields }, message)
  }

  debug(...line: unknown[]): void {
    this.#write('debug', line)
  }

  trace(...line: unknown[]): void {
    this.#write('trace', line)
  }

  child(bindings: Bindings): FastifyBaseLogger {
    return this.#log.child({ ...this.#bindings, ...bindings })
  }

  isLevelEnabled(level: Line): boolean {
    return (levels.values[level] ?? 0) >= this.#leastLevel && (this.#log as unknown as Logger).isLevelEnabled(level)
  }

  #write(level: Line, line: unknown[]): void {
    if (!this.isLevelEnabled(level)) return
    this.#own ??= this.#log.child(this.#bindings)
    ;(this.#own[level] as (...line: unknown[]) => void)(...line)
  }
}

/** One line for a request when it was answered, if anybody reads lines of that level. */
export class RequestLines extends LogController {
  override incomingRequest(): void {}

  override requestCompleted(error: Error | null, request: FastifyRequest, reply: FastifyReply): void {
    const log = reply.log as unknown as RequestLog
    const line = { req: request, res: reply, responseTime: reply.elapsedTime }
    if (error) log.error({ ...line, err: error }, 'request errored')
    else log.infoOnce(line, 'request completed')
  }
}
