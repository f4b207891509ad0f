import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { AuditSink } from './audit-sink.ts'
import { syslogMessage } from './syslog-message.ts'

const MOST_WAIT_MS = 5_000

/** Syslog over UDP (RFC 5426, unconfirmed), TCP with counted octets (RFC 6587), or TLS with the host proven (RFC 5425). */
export function syslogSink(protocol: 'udp' | 'tcp' | 'tls', host: string, port: number): AuditSink {
  const name = `syslog:${protocol}://${host}:${port}`
  if (protocol === 'udp') return { name, deliver: (records) => sendDatagrams(host, port, records.map(syslogMessage)) }
  return {
    name,
    async deliver(records) {
      const frames = records.map((record) => Buffer.from(syslogMessage(record)))
      const socket: Socket = protocol === 'tls' ? connectTls({ host, port, servername: host }) : connect({ host, port })
      socket.setTimeout(MOST_WAIT_MS, () => socket.destroy(new Error(`no answer in ${MOST_WAIT_MS} ms`)))
      try {
        await once(socket, protocol === 'tls' ? 'secureConnect' : 'connect')
        for (const frame of frames) socket.write(Buffer.concat([Buffer.from(`${frame.length} `), frame]))
        socket.end()
        await once(socket.resume(), 'close')
        if (socket.errored !== null) throw socket.errored
      } finally {
        socket.destroy()
      }
    },
  }
}

async function sendDatagrams(host: string, port: number, messages: readonly string[]): Promise<void> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  try {
    for (const message of messages)
      await new Promise<void>((resolve, reject) =>
        socket.send(message, port, host, (error) => (error === null ? resolve() : reject(error))),
      )
  } finally {
    socket.close()
  }
}
