import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { plainEnvironment } from '../../run.ts'
import type { OperationRecord } from '../operations-log.ts'
import type { AuditSink } from './audit-sink.ts'
import { ELEMENT, messageIdOf, parametersOf, priorityOf } from './syslog-message.ts'

/** The socket of a local syslog daemon, through `logger` of util-linux: Node speaks no datagrams over Unix sockets. */
export function socketSink(path: string): AuditSink {
  return {
    name: `syslog:unix:${path}`,
    async deliver(records) {
      for (const record of records) {
        const facts = [`--id=${record.pid}`, `--msgid=${messageIdOf(record)}`, `--sd-id=${ELEMENT}`]
        const data = parametersOf(record).map((parameter) => `--sd-param=${parameter}`)
        const words = ['--socket', path, '--socket-errors=on', '--rfc5424', '--tag', 'dbops', '--prio-prefix']
        await feed([...words, ...facts, ...data], `<${priorityOf(record)}>${JSON.stringify(record)}\n`)
      }
    },
  }
}

/** The journal of systemd: the record as fields that journalctl can match. */
export function journalSink(): AuditSink {
  return {
    name: 'journald:',
    deliver: async (records) => {
      for (const record of records) await feed(['--journald'], journalEntry(record))
    },
  }
}

function journalEntry({ command, outcome, seq, hash, ...rest }: OperationRecord): string {
  const fields = {
    MESSAGE: JSON.stringify({ seq, command, outcome, ...rest, hash }),
    PRIORITY: outcome === 'ok' ? 6 : outcome === 'findings' ? 5 : 4,
    SYSLOG_IDENTIFIER: 'dbops',
    DBOPS_COMMAND: command,
    DBOPS_OUTCOME: outcome,
    DBOPS_SEQ: seq,
    DBOPS_HASH: hash,
  }
  return `${Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n`
}

async function feed(words: readonly string[], text: string): Promise<void> {
  const child = spawn('logger', words, { stdio: ['pipe', 'ignore', 'pipe'], env: plainEnvironment() })
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (part: string) => void (complaint += part))
  child.stdin.on('error', () => {}) // told by how it ends
  child.stdin.end(text)
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`logger ended with ${code}: ${complaint.trim().slice(-200)}`)
}
