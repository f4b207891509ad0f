import type { FastifyBaseLogger } from 'fastify'
import { pino } from 'pino'
import type { Config } from '../config/config.ts'
import { type RedactionLevel, redacted } from './redaction.ts'

const levels: Readonly<Record<string, string>> = { DEBUG: 'debug', INFO: 'info', WARNING: 'warn', ERROR: 'error' }
const names: Readonly<Record<number, string>> = { 20: 'DEBUG', 30: 'INFO', 40: 'WARNING', 50: 'ERROR', 60: 'CRITICAL' }

/** The log as JSON objects or lines for people; either way one line an entry, whatever texts hold. */
export function newLogger({ values }: Config, write: (line: string) => void): FastifyBaseLogger {
  const level = values.PCAP_ANALYZER_REDACTION_LEVEL as RedactionLevel
  const isText = values.LOG_FORMAT === 'text'
  return pino(
    {
      level: levels[values.LOG_LEVEL] ?? 'info',
      base: null,
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (_label, number) => ({ level: names[number] ?? String(number) }) },
      messageKey: 'message',
      redact: ['password', '*.password', '*.token', 'req.headers.authorization', 'req.headers.cookie'],
      serializers: {
        req: (request: { method: string; url: string; ip?: string }) => ({
          method: request.method,
          // what follows the path may hold anything
          path: request.url.split('?')[0],
          ip: request.ip,
        }),
        res: (reply: { statusCode: number }) => ({ status: reply.statusCode }),
      },
    },
    { write: (line: string) => write(redacted(isText ? textLine(line) : line, level)) },
  ) as unknown as FastifyBaseLogger
}

/** Control characters were escaped as JSON, and stay so. */
function textLine(line: string): string {
  const { timestamp, level, message, ...rest } = JSON.parse(line) as Record<string, unknown>
  const extra = Object.keys(rest).length === 0 ? '' : ` ${JSON.stringify(rest)}`
  return `${timestamp} ${String(level).padEnd(7)} ${JSON.stringify(message ?? '').slice(1, -1)}${extra}\n`
}
