import type { Value } from '@pcap-analyzer/engine'
import type { QuicClientHello, TlsClientHello } from '@pcap-analyzer/engine/observe'
import { endColumns, type ListDefinition } from './list.ts'
import { StreamEnds } from './stream-ends.ts'

/** Every hello of TLS and QUIC, and every alert in clear. */
export const tls: ListDefinition = {
  id: 'tls',
  description: 'every hello of TLS and QUIC, and every alert in clear',
  columns: [
    { key: 'frame', label: 'Frame', unit: 'frame' },
    { key: 'time', label: 'Time', unit: 'time' },
    { key: 'transport', label: 'Transport', unit: 'protocol' },
    { key: 'stream', label: 'Stream', unit: 'stream' },
    ...endColumns,
    { key: 'message', label: 'Message', unit: 'text' },
    { key: 'serverName', label: 'Server name', unit: 'text' },
    { key: 'alpn', label: 'Application protocols', unit: 'text' },
    { key: 'version', label: 'Version (hexadecimal)', unit: 'text' },
    { key: 'cipherSuite', label: 'Cipher suite (hexadecimal)', unit: 'text' },
    { key: 'ja3', label: 'JA3', unit: 'text' },
    { key: 'ja4', label: 'JA4', unit: 'text' },
    { key: 'alert', label: 'Alert (level description)', unit: 'text' },
  ],
  create: (context) => {
    const ends = new StreamEnds(context)
    const tell = (
      { frame, timeNs }: { frame: number; timeNs: number },
      transport: 'tcp' | 'udp',
      stream: number,
      rest: readonly Value[],
    ) => context.take([frame, context.time(timeNs), transport, stream, ...ends.of(transport, stream), ...rest])
    const clientHello = ({ hello, ja3, ja4 }: TlsClientHello | QuicClientHello) => {
      const version = Math.max(hello.legacyVersion ?? 0, ...hello.supportedVersions.filter((one) => one >> 8 === 3))
      return ['client hello', hello.sni, hello.alpn.join(' '), hex(version), null, ja3, ja4, null]
    }
    return {
      ...ends.on,
      tlsClientHello: (message) => tell(message, 'tcp', message.stream, clientHello(message)),
      quicClientHello: (message) => tell(message, 'udp', message.flow, clientHello(message)),
      tlsServerHello: (message) => {
        const { version, cipherSuite, alpn } = message.hello
        tell(message, 'tcp', message.stream, [
          'server hello',
          null,
          alpn,
          hex(version),
          hex(cipherSuite),
          null,
          null,
          null,
        ])
      },
      tlsAlert: (message) =>
        tell(message, 'tcp', message.stream, [
          'alert',
          ...[null, null, null, null, null, null],
          `${message.level} ${message.description}`,
        ]),
    }
  },
}

function hex(number: number | null): string | null {
  return number === null ? null : `0x${number.toString(16).padStart(4, '0')}`
}
