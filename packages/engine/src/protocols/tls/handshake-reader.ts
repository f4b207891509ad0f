import { copyBytes } from './copy-bytes.ts'
import { HANDSHAKE_HEADER_LENGTH, isKnownHandshakeType } from './record.ts'

/** Longest message that is believed; a longer one is taken for encrypted bytes. */
const MAX_MESSAGE_LENGTH = 0xffff

/** Receives one handshake message. `bytes` are borrowed; the body is `[start, end)`, which is not all of it when `isCut`. */
export type TakeHandshake = (type: number, bytes: Uint8Array, start: number, end: number, isCut: boolean) => void

/**
 * Cuts the content of one direction's handshake records into messages (RFC 8446 §5.1: a record may hold several messages,
 * and a message may go over several records). Holds at most one incomplete message, 64 KiB or twice what has come of it.
 */
export class HandshakeReader {
  private readonly take: TakeHandshake
  private partial: Uint8Array | null = null
  private partialLength = 0

  constructor(take: TakeHandshake) {
    this.take = take
  }

  /** Reads the content of one record. What cannot be a message, being encrypted, ends the record. */
  record(bytes: Uint8Array, start: number, end: number): void {
    this.read(bytes, start, end, false)
  }

  /** Reads a record whose rest is lost: a last message that is cut is handed over as far as it goes. */
  cutRecord(bytes: Uint8Array, start: number, end: number): void {
    this.read(bytes, start, end, true)
    this.reset()
  }

  private read(bytes: Uint8Array, start: number, end: number, isCut: boolean): void {
    let position = start
    if (this.partial !== null) position = this.continue(bytes, start, end)
    else if (isEncryptedWithZeroNonce(bytes, start, end)) return
    while (position < end) {
      if (!isKnownHandshakeType(bytes[position])) return
      const bodyStart = position + HANDSHAKE_HEADER_LENGTH
      const length = bodyStart > end ? 0 : messageLength(bytes, position)
      if (length > MAX_MESSAGE_LENGTH) return
      if (bodyStart + length > end) {
        if (!isCut) this.keep(bytes, position, end)
        else if (bodyStart <= end) this.take(bytes[position], bytes, bodyStart, end, true)
        return
      }
      this.take(bytes[position], bytes, bodyStart, bodyStart + length, false)
      position = bodyStart + length
    }
  }

  /** Forgets an incomplete message, because what follows it is encrypted or lost. */
  reset(): void {
    this.partial = null
    this.partialLength = 0
  }

  private keep(bytes: Uint8Array, start: number, end: number): void {
    this.partial = copyBytes(bytes, start, end)
    this.partialLength = end - start
  }

  /** Adds to the incomplete message and gives where the rest of the record begins. */
  private continue(bytes: Uint8Array, start: number, end: number): number {
    const position = this.fill(HANDSHAKE_HEADER_LENGTH, bytes, start, end)
    if (this.partialLength < HANDSHAKE_HEADER_LENGTH) return end
    const partial = this.partial as Uint8Array
    const wanted = HANDSHAKE_HEADER_LENGTH + messageLength(partial, 0)
    if (wanted - HANDSHAKE_HEADER_LENGTH > MAX_MESSAGE_LENGTH) {
      this.reset()
      return end
    }
    const after = this.fill(wanted, bytes, position, end)
    if (this.partialLength < wanted) return end
    const message = this.partial as Uint8Array
    this.reset()
    this.take(message[0], message, HANDSHAKE_HEADER_LENGTH, wanted, false)
    return after
  }

  private fill(wanted: number, bytes: Uint8Array, start: number, end: number): number {
    const count = Math.min(Math.max(wanted - this.partialLength, 0), end - start)
    if (count === 0) return start
    let partial = this.partial as Uint8Array
    if (partial.length < this.partialLength + count) {
      const grown = new Uint8Array(Math.min(wanted, 2 * (this.partialLength + count)))
      grown.set(partial.subarray(0, this.partialLength))
      partial = grown
    }
    partial.set(bytes.subarray(start, start + count), this.partialLength)
    this.partial = partial
    this.partialLength += count
    return start + count
  }
}

function messageLength(bytes: Uint8Array, start: number): number {
  return (bytes[start + 1] << 16) | (bytes[start + 2] << 8) | bytes[start + 3]
}

/** A record of AES-GCM in TLS 1.2 begins with its nonce, often 0 (RFC 5288 §3), which would read as two empty HelloRequests. */
function isEncryptedWithZeroNonce(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start <= 8) return false
  for (let i = 0; i < 8; i++) if (bytes[start + i] !== 0) return false
  return true
}
