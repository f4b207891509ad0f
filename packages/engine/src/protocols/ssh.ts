import { markProtocol, Protocol } from '../protocol-set.ts'
import { displayText } from './display-text.ts'
import { findByte } from './find-byte.ts'
import { type ProtocolListener, textLimits } from './messages.ts'
import { NEED_ONE_MORE_SEGMENT, type StreamDissector, type StreamPiece } from './stream-dissector.ts'

const LF = 0x0a
const CR = 0x0d
const NEW_KEYS = 21
const LENGTH_BYTES = 4
/** Packet length, padding length and the message number (RFC 4253 §6). */
const SMALLEST_PACKET_BYTES = 6
const MAX_PACKET_BYTES = 0x40000

const AWAITS_BANNER = 0
const CLEAR_PACKETS = 1
const OPAQUE = 2

/**
 * SSH as far as its frames and version banners go (RFC 4253 §4.2): packets are followed until the keys change, then only
 * counted. As in tshark a frame counts even when its packet waits for more.
 */
export class SshDissector implements StreamDissector {
  readonly #listener: ProtocolListener
  readonly #phases: [number, number] = [AWAITS_BANNER, AWAITS_BANNER]

  constructor(listener: ProtocolListener) {
    this.#listener = listener
  }

  dissect(piece: StreamPiece, bytes: Uint8Array, start: number, end: number): number {
    const { direction } = piece
    markProtocol(piece.packet, Protocol.ssh)
    let at = start
    while (at < end) {
      const phase = this.#phases[direction]
      if (phase === AWAITS_BANNER) at = this.#readBanner(piece, bytes, at, end)
      else if (phase === CLEAR_PACKETS) at = this.#readPacket(piece, bytes, at, end)
      else at = end
      if (piece.need !== 0) break
    }
    if (this.#phases[direction] === OPAQUE) piece.opaque = Protocol.ssh
    return at
  }

  unitCompleted(piece: StreamPiece): void {
    markProtocol(piece.packet, Protocol.ssh)
  }

  #readBanner(piece: StreamPiece, bytes: Uint8Array, start: number, end: number): number {
    if (!isBanner(bytes, start, end)) {
      this.#phases[piece.direction] = OPAQUE
      return end
    }
    const lineEnd = findByte(bytes, LF, start, end)
    if (lineEnd < 0 && piece.canWait) {
      piece.need = NEED_ONE_MORE_SEGMENT
      return start
    }
    const after = lineEnd < 0 ? end : lineEnd + 1
    let textEnd = lineEnd < 0 ? end : lineEnd
    if (textEnd > start && bytes[textEnd - 1] === CR) textEnd -= 1
    const text = displayText(bytes, start, Math.min(textEnd, start + textLimits.banner))
    this.#phases[piece.direction] = text.startsWith('SSH-2') || text.startsWith('SSH-1.99') ? CLEAR_PACKETS : OPAQUE
    this.#listener.sshBanner({
      frame: piece.packet.number,
      timeNs: piece.packet.timeNs,
      stream: piece.stream,
      direction: piece.direction,
      text,
    })
    return after
  }

  #readPacket(piece: StreamPiece, bytes: Uint8Array, start: number, end: number): number {
    if (end - start < LENGTH_BYTES) {
      if (piece.canWait) piece.need = NEED_ONE_MORE_SEGMENT
      return piece.canWait ? start : end
    }
    const length =
      4 + bytes[start]! * 0x1000000 + ((bytes[start + 1]! << 16) | (bytes[start + 2]! << 8) | bytes[start + 3]!)
    if (length > MAX_PACKET_BYTES || length < SMALLEST_PACKET_BYTES) {
      this.#phases[piece.direction] = OPAQUE
      return end
    }
    if (start + length > end && piece.canWait) {
      piece.need = start + length - end
      return start
    }
    if (bytes[start + 5] === NEW_KEYS) this.#phases[piece.direction] = OPAQUE
    return Math.min(start + length, end)
  }
}

function isBanner(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start >= 4 &&
    bytes[start] === 0x53 &&
    bytes[start + 1] === 0x53 &&
    bytes[start + 2] === 0x48 &&
    bytes[start + 3] === 0x2d
  )
}
