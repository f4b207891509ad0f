import type { Secret } from '../secret.ts'

/** The six modes of libpq, weakest first. */
export const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
export type SslMode = (typeof sslModes)[number]

export const channelBindings = ['disable', 'prefer', 'require'] as const
export type ChannelBinding = (typeof channelBindings)[number]

export const targetSessionAttributes = [
  'any',
  'read-write',
  'read-only',
  'primary',
  'standby',
  'prefer-standby',
] as const
export type TargetSessionAttributes = (typeof targetSessionAttributes)[number]

export const tlsProtocols = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const
export type TlsProtocol = (typeof tlsProtocols)[number]

/** One place to try: a name, an address, or a directory with sockets when it starts with a slash. */
export interface HostAndPort {
  readonly host: string
  readonly port: number
}

/** Everything that says where and how to connect, with libpq's meaning and defaults already applied. */
export interface ConnectionParameters {
  /** Tried in this order; never empty. */
  readonly hosts: readonly HostAndPort[]
  readonly user: string
  readonly database: string
  readonly password: Secret | null
  readonly sslMode: SslMode
  /** Path of the CA certificates, `system` for those of the machine, null for ~/.postgresql/root.crt if it is there. */
  readonly sslRootCert: string | null
  readonly sslCert: string | null
  readonly sslKey: string | null
  readonly sslPassword: Secret | null
  readonly sslCrl: string | null
  readonly sslMinProtocol: TlsProtocol
  readonly channelBinding: ChannelBinding
  readonly targetSessionAttributes: TargetSessionAttributes
  /** As on the server's command line: `-c statement_timeout=1000`. */
  readonly options: string | null
  readonly applicationName: string
  /** Seconds for one host; 0 waits for ever. */
  readonly connectTimeoutSeconds: number
}

/** True for a directory with sockets. */
export function isSocketDirectory(host: string): boolean {
  return host.startsWith('/')
}
