import type {
  QuicClientHello,
  TlsAlert,
  TlsCertificate,
  TlsClientHello,
  TlsServerHello,
  TlsStep,
} from '@pcap-analyzer/engine/observe'
import { cipherName } from './cipher-names.ts'
import type { Connection } from './connection.ts'
import { groupName } from './group-names.ts'
import { HandshakeState } from './handshake-state.ts'
import { headColumns, type LogColumn, type LogValue } from './log-text.ts'

export const sslColumns: readonly LogColumn[] = [
  ...headColumns,
  ['version', 'string'],
  ['cipher', 'string'],
  ['curve', 'string'],
  ['server_name', 'string'],
  ['resumed', 'bool'],
  ['last_alert', 'string'],
  ['next_protocol', 'string'],
  ['established', 'bool'],
  ['ssl_history', 'string'],
  ['cert_chain_fps', 'vector[string]'],
  ['client_cert_chain_fps', 'vector[string]'],
  ['sni_matches_cert', 'bool'],
  ['ja3', 'string'],
  ['ja4', 'string'],
]

interface Handshake {
  readonly ts: string | null
  version: string | null
  cipher: string | null
  curve: string | null
  serverName: string | null
  lastAlert: string | null
  nextProtocol: string | null
  ja3: string | null
  ja4: string | null
  /** Names that the server's own certificate is valid for; null while it has shown none. */
  certificateNames: readonly string[] | null
  readonly state: HandshakeState
}

const versionNames: Readonly<Record<number, string>> = {
  2: 'SSLv2',
  768: 'SSLv3',
  769: 'TLSv10',
  770: 'TLSv11',
  771: 'TLSv12',
  772: 'TLSv13',
  65279: 'DTLSv10',
  65277: 'DTLSv12',
  65276: 'DTLSv13',
}
const FIRST_DRAFT = 0x7f00

const alertNames: Readonly<Record<number, string>> = {
  0: 'close_notify', 10: 'unexpected_message', 20: 'bad_record_mac', 21: 'decryption_failed', 22: 'record_overflow',
  30: 'decompression_failure', 40: 'handshake_failure', 41: 'no_certificate', 42: 'bad_certificate',
  43: 'unsupported_certificate', 44: 'certificate_revoked', 45: 'certificate_expired', 46: 'certificate_unknown',
  47: 'illegal_parameter', 48: 'unknown_ca', 49: 'access_denied', 50: 'decode_error', 51: 'decrypt_error',
  60: 'export_restriction', 70: 'protocol_version', 71: 'insufficient_security', 80: 'internal_error',
  86: 'inappropriate_fallback', 90: 'user_canceled', 100: 'no_renegotiation', 109: 'missing_extension',
  110: 'unsupported_extension', 112: 'unrecognized_name', 115: 'unknown_psk_identity', 116: 'certificate_required',
  120: 'no_application_protocol',
} // biome-ignore format: a table

/** Rows of ssl.log: one a connection, told when it is over. */
export class SslLog {
  private readonly handshakes = new Map<Connection, Handshake>()
  private readonly ts: (timeNs: number) => string | null

  constructor(ts: (timeNs: number) => string | null) {
    this.ts = ts
  }

  clientHello(
    { timeNs, hello, ja3, ja4 }: TlsClientHello | QuicClientHello,
    connection: Connection,
    isQuic: boolean,
  ): void {
    connection.services.add(isQuic ? 'quic' : 'ssl')
    const handshake = this.of(connection, timeNs)
    if (isQuic) handshake.state.hello()
    handshake.serverName ??= hello.sni
    handshake.ja3 ??= ja3
    handshake.ja4 ??= ja4
  }

  serverHello({ timeNs, hello }: TlsServerHello, connection: Connection): void {
    connection.services.add('ssl')
    const handshake = this.of(connection, timeNs)
    if (hello.version !== null) handshake.version = versionText(hello.version)
    if (hello.cipherSuite !== null) handshake.cipher = cipherName(hello.cipherSuite)
    handshake.nextProtocol ??= hello.alpn
    handshake.state.serverHello(hello)
  }

  /** A message or record by its kind; told before what it says. */
  step(step: TlsStep, connection: Connection): void {
    const handshake = this.of(connection, step.timeNs)
    if (step.group !== null) handshake.curve = groupName(step.group)
    handshake.state.step(step)
  }

  certificate({ timeNs, direction, chain }: TlsCertificate, connection: Connection): void {
    const handshake = this.of(connection, timeNs)
    const [own] = chain
    if (own === undefined || handshake.state.isClient(direction)) return
    const { dnsNames, subjectCommonName } = own
    handshake.certificateNames ??= dnsNames.length > 0 || subjectCommonName === null ? dnsNames : [subjectCommonName]
  }

  alert({ timeNs, direction, description }: TlsAlert, connection: Connection): void {
    const handshake = this.of(connection, timeNs)
    handshake.state.alert(direction)
    handshake.lastAlert = alertNames[description] ?? `unknown-${description}`
  }

  /** The row of a connection that is over; null when it spoke no TLS. */
  end(connection: Connection): LogValue[] | null {
    const handshake = this.handshakes.get(connection)
    if (handshake === undefined) return null
    this.handshakes.delete(connection)
    const { ts, version, cipher, curve, serverName, lastAlert, nextProtocol, ja3, ja4, certificateNames, state } =
      handshake
    return [
      ts,
      connection.uid,
      ...connection.ends,
      version,
      cipher,
      curve,
      serverName,
      state.isResumed,
      lastAlert,
      nextProtocol,
      state.isEstablished,
      state.history === '' ? null : state.history,
      state.serverChain,
      state.serverChain === null ? null : (state.clientChain ?? []),
      serverName === null || certificateNames === null
        ? null
        : certificateNames.some((name) => isNamed(serverName, name)),
      ja3,
      ja4,
    ]
  }

  private of(connection: Connection, timeNs: number): Handshake {
    let handshake = this.handshakes.get(connection)
    if (handshake === undefined) {
      const nothing = {
        version: null,
        cipher: null,
        curve: null,
        serverName: null,
        lastAlert: null,
        nextProtocol: null,
      }
      const unknown = { ja3: null, ja4: null, certificateNames: null }
      handshake = { ts: this.ts(timeNs), ...nothing, ...unknown, state: new HandshakeState() }
      this.handshakes.set(connection, handshake)
    }
    return handshake
  }
}

/** Whether a certificate's name is the host's, its first label perhaps a wildcard (RFC 9525 §6.3). */
function isNamed(host: string, name: string): boolean {
  const [wanted, given] = [host.toLowerCase(), name.toLowerCase()]
  return wanted === given || (given.startsWith('*.') && wanted.slice(wanted.indexOf('.')) === given.slice(1))
}

function versionText(version: number): string {
  if (version >> 8 === FIRST_DRAFT >> 8) return `TLSv13-draft${version & 0xff}`
  return versionNames[version] ?? `unknown-${version}`
}
