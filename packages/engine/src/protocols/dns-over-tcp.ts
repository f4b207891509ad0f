import type { DnsEvents } from './dns-events.ts'
import type { DnsFamily } from './messages.ts'
import { NEED_ONE_MORE_SEGMENT, type StreamDissector, type StreamPiece } from './stream-dissector.ts'

const LENGTH_BYTES = 2

/** DNS messages behind a two-byte length (RFC 1035 §4.2.2). */
export class DnsOverTcp implements StreamDissector {
  readonly #events: DnsEvents
  readonly #family: DnsFamily

  constructor(events: DnsEvents, family: DnsFamily = 'dns') {
    this.#events = events
    this.#family = family
  }

  dissect(piece: StreamPiece, bytes: Uint8Array, start: number, end: number): number {
    let at = start
    while (at < end) {
      if (end - at < LENGTH_BYTES) {
        if (!piece.canWait) return end
        piece.need = NEED_ONE_MORE_SEGMENT
        return at
      }
      const length = (bytes[at]! << 8) | bytes[at + 1]!
      const messageEnd = at + LENGTH_BYTES + length
      if (messageEnd > end && piece.canWait) {
        piece.need = messageEnd - end
        return at
      }
      this.#events.read(
        this.#family,
        'tcp',
        piece.stream,
        piece.packet,
        bytes,
        at + LENGTH_BYTES,
        Math.min(messageEnd, end),
      )
      at = messageEnd
    }
    return Math.min(at, end)
  }

  unitCompleted(): void {
    // Never asks for bytes that it does not read.
  }
}
