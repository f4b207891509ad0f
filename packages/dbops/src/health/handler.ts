import type { IncomingMessage, ServerResponse } from 'node:http'
import { type HealthCheck, type HealthMonitor, type HealthReport, httpStatusOf } from './health.ts'

export interface HealthHandlerOptions {
  /** What `ready` and the details ask. */
  readonly monitor: HealthMonitor
  /** False until the service has started; `startup` fails until then. */
  readonly hasStarted?: () => boolean
  /** Who may see more than the status; by default only loopback. */
  readonly maySeeDetails?: (request: IncomingMessage) => boolean
  /** Path before the names; `/health`. */
  readonly prefix?: string
  readonly version?: string
  readonly environment?: string
}

/** Answers requests under the prefix; false when the path is none of its own. */
export type HealthHandler = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>

/**
 * `/health` and `/health/live` never touch the database; `/health/ready`, `/health/startup`, `/health/database`, `/health/pool`,
 * `/health/backup` and `/health/detailed` do, through the monitor's cache. 503 when something fails, never cached by anybody.
 */
export function healthHandler(options: HealthHandlerOptions): HealthHandler {
  const {
    monitor,
    hasStarted = () => true,
    maySeeDetails = isLoopback,
    prefix = '/health',
    version,
    environment,
  } = options
  return async (request, response) => {
    const path = (request.url ?? '').split('?')[0].replace(/\/$/, '')
    if (path !== prefix && !path.startsWith(`${prefix}/`)) return false
    const name = path.slice(prefix.length + 1)
    if (name === '' || name === 'live') {
      const more = {
        ...(version === undefined ? {} : { version }),
        ...(environment === undefined ? {} : { environment }),
      }
      answer(response, 200, { status: 'pass', alive: true, timestamp: new Date().toISOString(), ...more })
      return true
    }
    const report = await monitor.report()
    const found = reportFor(name, report, hasStarted())
    if (found === null) return false
    const { status, time, durationMs, checks } = found
    const more = maySeeDetails(request)
      ? { time, durationMs, checks, ...(name === 'database' ? { database: databaseFields(checks.database) } : {}) }
      : {}
    answer(response, httpStatusOf(status), {
      status,
      timestamp: time,
      ...(name === 'ready' ? { ready: status !== 'fail' } : {}),
      ...more,
    })
    return true
  }
}

function reportFor(name: string, report: HealthReport, hasStarted: boolean): HealthReport | null {
  if (name === 'detailed' || name === 'ready') return report
  if (name === 'startup') {
    const startup = { status: hasStarted ? 'pass' : 'fail', message: hasStarted ? 'started' : 'starting' } as const
    return { ...report, status: hasStarted ? report.status : 'fail', checks: { ...report.checks, startup } }
  }
  const check = report.checks[name]
  return check === undefined ? null : { ...report, status: check.status, checks: { [name]: check } }
}

/** The field names that dashboards of other services of ours expect. */
function databaseFields({ status, latencyMs }: HealthCheck): object {
  return {
    status: status === 'fail' ? 'unhealthy' : 'healthy',
    database_type: 'postgresql',
    connection: status === 'fail' ? 'failed' : 'connected',
    response_time_ms: latencyMs ?? null,
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}

function isLoopback(request: IncomingMessage): boolean {
  const address = request.socket.remoteAddress ?? ''
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.')
}
