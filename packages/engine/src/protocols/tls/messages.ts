import type { Certificate } from './certificate.ts'
import type { ClientHello } from './client-hello.ts'
import type { ServerHello } from './server-hello.ts'

/** Where a message of a TCP stream was completed. Messages are the receiver's to keep. */
export interface TlsMessage {
  /** Number of the frame that completes the message. */
  readonly frame: number
  /** Time of that frame since the first one, in ns. */
  readonly timeNs: number
  /** Number of the TCP stream. */
  readonly stream: number
  /** 0 from the stream's initiator, 1 from its responder. */
  readonly direction: 0 | 1
}

export interface TlsClientHello extends TlsMessage {
  readonly hello: ClientHello
  /** Not all of the message was captured; tshark then shows none of it. */
  readonly isCut: boolean
  /** MD5 in hex, computed when it is read; null for an SSL 2.0 hello, which JA3 does not define. */
  readonly ja3: string | null
  /** Computed when it is read; null for an SSL 2.0 hello. */
  readonly ja4: string | null
}

export interface TlsServerHello extends TlsMessage {
  hello: ServerHello
  /** As of {@link TlsClientHello}. */
  readonly isCut: boolean
}

export interface TlsCertificate extends TlsMessage {
  /** The sender's own certificate first. Only TLS 1.2 and before send it in the clear. */
  chain: Certificate[]
}

export interface TlsAlert extends TlsMessage {
  /** 1 warning, 2 fatal; other numbers as they stand. */
  level: number
  description: number
}

/** A message or record of a TLS connection by its kind; told only in runs that ask for it ({@link PipelineOptions.protocolDetails}). */
export interface TlsStep extends TlsMessage {
  /** Encrypted handshake records and application data are told once a direction. */
  readonly kind: 'handshake' | 'change-cipher-spec' | 'encrypted-handshake' | 'application-data'
  /** Type of a handshake message in the clear (RFC 8446 §4); -1 of everything else. */
  readonly handshakeType: number
  /** Named group of a key exchange in the clear (RFC 8422 §5.4, RFC 8446 §4.2.8); null when it has none. */
  readonly group: number | null
  /** SHA-256 of the certificates of a chain in the clear, as hex, the sender's own first, at most 16. */
  readonly certificateDigests: readonly string[]
}

/** A ClientHello inside QUIC Initial packets, which are encrypted with keys anyone can derive (RFC 9001 §5.2). */
export interface QuicClientHello {
  /** Number of the frame that completes the hello. */
  frame: number
  timeNs: number
  /** Number of the UDP flow, as given to the tracker. */
  flow: number
  /** Number of the QUIC connection in order of creation. */
  connection: number
  fromInitiator: boolean
  quicVersion: number
  hello: ClientHello
  /** Both computed when they are read. */
  readonly ja3: string
  readonly ja4: string
}

/** Receives TLS messages as frames complete them. */
export interface TlsListener {
  tlsClientHello(message: TlsClientHello): void
  tlsServerHello(message: TlsServerHello): void
  tlsCertificate(message: TlsCertificate): void
  tlsAlert(message: TlsAlert): void
  tlsStep(step: TlsStep): void
}

/** Receives what QUIC shows in the clear. */
export interface QuicListener {
  quicClientHello(message: QuicClientHello): void
}
