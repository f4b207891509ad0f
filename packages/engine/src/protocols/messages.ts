import type { QuicListener, TlsListener } from './tls/messages.ts'

/**
 * What the dissectors tell their listener: one plain object a message, made once and never changed, so a listener may keep it.
 * Frames count from 1 (0: none); times are ns since the first frame. Text is cut at {@link textLimits}, far above what occurs in
 * practice, because requests are compared whole with other tools.
 */
export const textLimits = Object.freeze({ host: 4096, uri: 65_536, method: 64, banner: 255 })

export type DnsFamily = 'dns' | 'mdns' | 'llmnr'

export interface DnsMessageEvent {
  readonly frame: number
  readonly timeNs: number
  readonly family: DnsFamily
  readonly transport: 'udp' | 'tcp'
  /** Number of the TCP stream or UDP conversation. */
  readonly stream: number
  readonly id: number
  readonly isResponse: boolean
  readonly opcode: number
  /** First question as `dns.qry.name` shows it; null when it could not be read. */
  readonly name: string | null
  readonly type: number | null
  readonly rcode: number | null
  readonly isTruncated: boolean
  readonly answerCount: number
  /** Addresses and names answered with, at most 16; empty unless the run was asked for answers. */
  readonly answers: readonly string[]
  /** Frame of the query that this response answers; 0 if none. */
  readonly responseTo: number
  readonly latencyNs: number
  readonly isRetransmission: boolean
  readonly isUnsolicited: boolean
  /** False when the message is malformed or cut short. */
  readonly isComplete: boolean
}

/** What of an HTTP message is told only in runs that ask for it ({@link PipelineOptions.protocolDetails}). Texts are '' when absent. */
export interface HttpDetails {
  /** Such as `1.1`; '' when the start line has none. */
  readonly version: string
  /** Reason phrase of a response. */
  readonly statusText: string
  readonly referrer: string
  readonly origin: string
  /** Of Basic authentication; the password is never kept. */
  readonly userName: string
  /** Headers of proxies as `NAME -> value`, in order. */
  readonly proxied: readonly string[]
  /** Bytes of the body without the framing of chunks. */
  readonly contentBytes: number
}

/** Where the bytes of a stream's message lie: ours, beside tshark's rule that a message belongs to the frame that completes it. */
export interface MessageExtent {
  /** Frame and time of the piece with the message's first byte. */
  readonly firstFrame: number
  readonly firstTimeNs: number
  /** Frame and time that complete the message; equal to `frame` and `timeNs`. */
  readonly lastFrame: number
  readonly lastTimeNs: number
  /** Bytes of the body on the wire, chunk framing included. */
  readonly bodyBytes: number
}

export interface HttpRequest extends MessageExtent {
  readonly frame: number
  readonly timeNs: number
  /** Number of the TCP stream; -1 over UDP (SSDP). */
  readonly stream: number
  readonly direction: 0 | 1
  readonly method: string
  /** '' when the request line has none. */
  readonly uri: string
  /** First Host header; null when absent or empty. */
  readonly host: string | null
  readonly userAgent: string | null
  /** Null unless the run asks for it. */
  readonly details: HttpDetails | null
}

export interface HttpResponse extends MessageExtent {
  readonly frame: number
  readonly timeNs: number
  /** Number of the TCP stream; -1 over UDP (SSDP). */
  readonly stream: number
  readonly direction: 0 | 1
  readonly status: number
  /** Frame of the request by tshark's rule (`http.request_in`); 0 if none. */
  readonly requestFrame: number
  /** Time since that request's `timeNs`, in ns (`http.time`); -1 if none. */
  readonly sinceRequestNs: number
  /** The request it answers in order (RFC 9112 §9.3.2): ours, right with pipelining too; null if its request was not captured. */
  readonly request: HttpRequest | null
  /** From the last byte of that request to the first byte of this response, in ns; -1 if unknown. */
  readonly serverDelayNs: number
  /** Null unless the run asks for it. */
  readonly details: HttpDetails | null
}

export interface SshBanner {
  readonly frame: number
  readonly timeNs: number
  readonly stream: number
  readonly direction: 0 | 1
  readonly text: string
}

export interface DhcpMessage {
  readonly frame: number
  readonly timeNs: number
  /** 1 request, 2 reply (RFC 2131 §2). */
  readonly operation: number
  readonly transactionId: number
  /** True when the capture ends within the options, or before them where there must be some: tshark shows nothing of the message. */
  readonly isCut: boolean
  /** Option 53; null in BOOTP or when it was not captured. */
  readonly messageType: number | null
  readonly clientMac: string | null
  readonly yourAddress: string | null
  /** Options 50, 54, 51 and 12; null when absent. */
  readonly requestedAddress: string | null
  readonly serverAddress: string | null
  readonly leaseSeconds: number | null
  readonly hostName: string | null
}

export interface Dhcpv6Message {
  readonly frame: number
  readonly timeNs: number
  /** Of the outermost message: 12 and 13 are relays. */
  readonly messageType: number
  /** Null for relay messages. */
  readonly transactionId: number | null
}

/** Receives every message of the application protocols, in the order of the frames that complete them. */
export interface ProtocolListener extends TlsListener, QuicListener {
  dns(message: DnsMessageEvent): void
  /** A first transmission that no response was matched to, told late: when its id is used again or at the end. */
  dnsUnanswered(query: DnsMessageEvent): void
  httpRequest(request: HttpRequest): void
  httpResponse(response: HttpResponse): void
  sshBanner(banner: SshBanner): void
  dhcp(message: DhcpMessage): void
  dhcpv6(message: Dhcpv6Message): void
}

/** A listener that ignores everything, to be spread under the methods one wants. */
export const silentListener: ProtocolListener = Object.freeze({
  dns: () => undefined,
  dnsUnanswered: () => undefined,
  httpRequest: () => undefined,
  httpResponse: () => undefined,
  tlsClientHello: () => undefined,
  tlsServerHello: () => undefined,
  tlsCertificate: () => undefined,
  tlsAlert: () => undefined,
  tlsStep: () => undefined,
  quicClientHello: () => undefined,
  sshBanner: () => undefined,
  dhcp: () => undefined,
  dhcpv6: () => undefined,
})
