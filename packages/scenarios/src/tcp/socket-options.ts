import type { Reader } from './receive-buffer.ts'

/** How one end of a connection behaves; what systems of today do when left out. */
export interface SocketOptions {
  /** Largest payload that it wants to receive; 1460 over IPv4, 1440 over IPv6. */
  readonly mss?: number
  readonly receiveBufferBytes?: number
  readonly windowShift?: number
  readonly initialSegments?: number
  readonly reader?: Reader
  /** Holds small segments back while data is unacknowledged (RFC 1122 §4.2.3.4). */
  readonly hasNagle?: boolean
  /** How long a single segment waits for its acknowledgment. */
  readonly delayedAckNs?: number
  readonly leastTimeoutNs?: number
  /** Times a SYN or SYN-ACK, or data, is sent again before giving up. */
  readonly synRetries?: number
  readonly dataRetries?: number
  /** How a server meets a SYN; `half-open` never sends the last ACK of its handshake: an option of clients. */
  readonly answer?: 'accept' | 'refuse' | 'drop'
  readonly isHalfOpen?: boolean
  /** How long a server takes to send its SYN-ACK. */
  readonly acceptAfterNs?: number
}

const defaults = {
  receiveBufferBytes: 1 << 20,
  windowShift: 7,
  initialSegments: 10,
  reader: {},
  hasNagle: false,
  delayedAckNs: 40e6,
  leastTimeoutNs: 200e6,
  synRetries: 5,
  dataRetries: 8,
  answer: 'accept',
  isHalfOpen: false,
  acceptAfterNs: 0,
} as const

export type FullSocketOptions = Required<SocketOptions>

export function fullSocketOptions(options: SocketOptions, isV6: boolean): FullSocketOptions {
  return { mss: isV6 ? 1440 : 1460, ...defaults, ...options }
}
