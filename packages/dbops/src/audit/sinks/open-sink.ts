import { appendFileSync } from 'node:fs'
import { DbopsError } from '../../errors.ts'
import type { Secret } from '../../secret.ts'
import type { AuditSink } from './audit-sink.ts'
import { httpSink } from './http-sink.ts'
import { journalSink, socketSink } from './logger-sink.ts'
import { syslogSink } from './syslog-sink.ts'

/** The forms of names of sinks, for the help. */
export const SINKS =
  'syslog:unix:/dev/log, syslog:udp://host:514, syslog:tcp://host:601, syslog:tls://host:6514, journald:, https://collector/path, file:PATH or stdout:'

/** What a sink may need beside its name. */
export interface SinkContext {
  readonly token: Secret | null
  writeOut(text: string): void
}

/** @throws {DbopsError} USAGE */
export function openSink(name: string, { token, writeOut }: SinkContext): AuditSink {
  const network = /^syslog:(udp|tcp|tls):\/\/(\[[0-9a-f:]+\]|[\w.-]+):(\d+)$/i.exec(name)
  if (network !== null)
    return syslogSink(network[1] as 'udp' | 'tcp' | 'tls', network[2].replace(/^\[|\]$/g, ''), Number(network[3]))
  if (name.startsWith('syslog:unix:')) return socketSink(name.slice('syslog:unix:'.length))
  if (name === 'journald:') return journalSink()
  if (/^https?:\/\//.test(name) && URL.canParse(name)) {
    const { username, password } = new URL(name)
    if (username === '' && password === '') return httpSink(name, token)
    throw new DbopsError('USAGE', 'a secret stands in the name of the sink', {
      hint: 'DBOPS_AUDIT_TOKEN_FILE holds it',
    })
  }
  const lines = (records: readonly object[]): string => records.map((record) => `${JSON.stringify(record)}\n`).join('')
  if (name.startsWith('file:')) {
    const path = name.slice('file:'.length)
    return { name, deliver: async (records) => appendFileSync(path, lines(records), { mode: 0o600 }) }
  }
  if (name === 'stdout:') return { name, deliver: async (records) => writeOut(lines(records)) }
  throw new DbopsError('USAGE', `"${name}" is no sink`, { hint: SINKS })
}
