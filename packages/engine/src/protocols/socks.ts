import type { StreamDissector, StreamPiece } from './stream-dissector.ts'

/** Finds the dissector of what a proxy connection carries, by the ports and content; null while nothing is recognised. */
export type TunnelOpener = (
  clientPort: number,
  remotePort: number,
  bytes: Uint8Array,
  start: number,
  end: number,
) => StreamDissector | null

const SOCKS_PORT = 1080
const VERSION_4 = 4
const VERSION_5 = 5
const CONNECT = 1
const GRANTED_4 = 0x5a
const NO_AUTHENTICATION = 0
const USER_AND_PASSWORD = 2
const ADDRESS_IPV4 = 1
const ADDRESS_NAME = 3

const BEGINNING = 0
const METHOD = 1
const CREDENTIALS = 2
const CREDENTIALS_RESULT = 3
const REQUEST = 4
const REPLY = 5
const REPLY_4 = 6
const OPEN = 7
const OTHER = 8

/** A proxy connection (RFC 1928, RFC 1929, SOCKS 4): one segment a message, then the protocol of the port that was asked for. */
export class SocksDissector implements StreamDissector {
  readonly #openTunnel: TunnelOpener
  #state = BEGINNING
  #remotePort = 0
  #inner: StreamDissector | null = null

  constructor(openTunnel: TunnelOpener) {
    this.#openTunnel = openTunnel
  }

  dissect(piece: StreamPiece, bytes: Uint8Array, start: number, end: number): number {
    if (this.#state === OPEN) return this.#dissectInner(piece, bytes, start, end)
    if (this.#state !== OTHER) this.#state = this.#next(bytes, start, end)
    return end
  }

  unitCompleted(piece: StreamPiece): void {
    this.#inner?.unitCompleted(piece)
  }

  #dissectInner(piece: StreamPiece, bytes: Uint8Array, start: number, end: number): number {
    const clientPort = piece.sourcePort === SOCKS_PORT ? piece.destinationPort : piece.sourcePort
    this.#inner ??= this.#openTunnel(clientPort, this.#remotePort, bytes, start, end)
    return this.#inner === null ? end : this.#inner.dissect(piece, bytes, start, end)
  }

  #next(bytes: Uint8Array, start: number, end: number): number {
    const second = start + 1 < end ? bytes[start + 1]! : -1
    switch (this.#state) {
      case BEGINNING:
        if (bytes[start] === VERSION_5) return METHOD
        if (bytes[start] !== VERSION_4 || second !== CONNECT || start + 4 > end) return OTHER
        this.#remotePort = (bytes[start + 2]! << 8) | bytes[start + 3]!
        return REPLY_4
      case METHOD:
        if (second === NO_AUTHENTICATION) return REQUEST
        return second === USER_AND_PASSWORD ? CREDENTIALS : OTHER
      case CREDENTIALS:
        return CREDENTIALS_RESULT
      case CREDENTIALS_RESULT:
        return REQUEST
      case REQUEST:
        return second === CONNECT && this.#readPort(bytes, start + 3, end) ? REPLY : OTHER
      case REPLY_4:
        return second === GRANTED_4 ? OPEN : OTHER
      default:
        return OPEN
    }
  }

  /** Takes the port behind the address at `at`; false when it is not there. */
  #readPort(bytes: Uint8Array, at: number, end: number): boolean {
    const kind = bytes[at]
    const length = kind === ADDRESS_IPV4 ? 4 : kind === ADDRESS_NAME ? 1 + bytes[at + 1]! : 16
    const port = at + 1 + length
    if (!(port + 2 <= end)) return false
    this.#remotePort = (bytes[port]! << 8) | bytes[port + 1]!
    return true
  }
}
