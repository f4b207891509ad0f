import { markProtocol, Protocol } from '../../protocol-set.ts'
import { NEED_NOTHING, NEED_ONE_MORE_SEGMENT, type StreamDissector, type StreamPiece } from '../stream-dissector.ts'
import { parseCertificateChain } from './certificate.ts'
import { readClientHello } from './client-hello.ts'
import { HandshakeReader } from './handshake-reader.ts'
import { HandshakeSteps } from './handshake-steps.ts'
import type { TlsListener, TlsMessage } from './messages.ts'
import { looksLikeText } from './recognise.ts'
import { ContentType, HandshakeType, isRecordHeader, RECORD_HEADER_LENGTH, recordLength } from './record.ts'
import { parseServerHello } from './server-hello.ts'
import { isSsl2Record, parseSsl2ClientHello, ssl2RecordLength } from './ssl2.ts'
import { ToldHello } from './told-hello.ts'
import { isTls13 } from './version-names.ts'

/**
 * Reads the TLS records of one TCP connection, SSL 2.0 hellos to TLS 1.3, as far as they are in the clear.
 * Records of application data are only counted: they cost a few integer operations and are asked for with `skipContent`.
 */
export class TlsDissector implements StreamDissector {
  readonly recordProtocol = Protocol.tls
  private readonly listener: TlsListener
  private readonly handshakes: [HandshakeReader, HandshakeReader]
  /** Frame of each direction's first ChangeCipherSpec; 0 before it. */
  private readonly changeFrames: [number, number] = [0, 0]
  private readonly steps: HandshakeSteps | null
  private version = 0
  private piece: StreamPiece | null = null

  constructor(listener: TlsListener, tellsSteps = false) {
    this.listener = listener
    this.steps = tellsSteps ? new HandshakeSteps(listener) : null
    const take = this.handshake.bind(this)
    this.handshakes = [new HandshakeReader(take), new HandshakeReader(take)]
  }

  /** Once the version is agreed on, what looks like SSL 2.0 is the rest of a record whose beginning was lost. */
  get marksWhatIsNoRecord(): boolean {
    return this.version !== 0
  }

  /**
   * Consumes records. Returning `start` with nothing needed means that this is not TLS: text, which on a TLS port tshark gives to
   * other dissectors. Other bytes that are no record are consumed and called TLS, as tshark does («Continuation Data»).
   */
  dissect(piece: StreamPiece, bytes: Uint8Array, start: number, end: number): number {
    piece.need = NEED_NOTHING
    piece.skipContent = false
    if (looksLikeText(bytes, start, end)) return start
    markProtocol(piece.packet, Protocol.tls)
    let position = start
    while (position < end) {
      const available = end - position
      if (available < RECORD_HEADER_LENGTH) {
        if (!piece.canWait) return end
        piece.need = NEED_ONE_MORE_SEGMENT
        return position
      }
      const isRecord = isRecordHeader(bytes, position)
      if (!isRecord && (this.marksWhatIsNoRecord || !isSsl2Record(bytes, position))) return end
      if (this.steps !== null && bytes[position] === ContentType.applicationData)
        this.steps.once('application-data', placeOf(piece))
      const length = isRecord ? RECORD_HEADER_LENGTH + recordLength(bytes, position) : ssl2RecordLength(bytes, position)
      if (length > available) {
        if (!piece.canWait) return this.cutRecord(piece, bytes, position, end)
        piece.need = length - available
        piece.skipContent = isRecord && !isRead(bytes[position], length)
        return position
      }
      if (!isRecord) this.ssl2Record(piece, bytes, position, position + length)
      else if (isRead(bytes[position], length)) this.record(piece, bytes, position, position + length)
      position += length
    }
    return end
  }

  unitCompleted(piece: StreamPiece): void {
    markProtocol(piece.packet, Protocol.tls)
  }

  private record(piece: StreamPiece, bytes: Uint8Array, start: number, end: number): void {
    const type = bytes[start]
    const contentStart = start + RECORD_HEADER_LENGTH
    if (type === ContentType.changeCipherSpec) {
      if (this.changeFrames[piece.direction] === 0) this.changeFrames[piece.direction] = piece.packet.number
      this.steps?.tell('change-cipher-spec', placeOf(piece))
    } else if (type === ContentType.alert) {
      const level = bytes[contentStart]
      this.listener.tlsAlert({ ...placeOf(piece), level, description: bytes[contentStart + 1] })
    } else {
      if (this.steps !== null && this.hasChangedCipher(piece)) this.steps.once('encrypted-handshake', placeOf(piece))
      if (this.isEncrypted(piece)) return

      this.piece = piece
      this.handshakes[piece.direction].record(bytes, contentStart, end)
      this.piece = null
    }
  }

  /** What is there of a record whose rest cannot be waited for; only a handshake says something before it is whole. */
  private cutRecord(piece: StreamPiece, bytes: Uint8Array, start: number, end: number): number {
    if (bytes[start] === ContentType.handshake && !this.isEncrypted(piece)) {
      this.piece = piece
      this.handshakes[piece.direction].cutRecord(bytes, start + RECORD_HEADER_LENGTH, end)
      this.piece = null
    }
    return end
  }

  /**
   * True for handshake records after ChangeCipherSpec. One in the same frame is still tried, for which what cannot be a message
   * serves as the sign of encryption; in TLS 1.3 what is encrypted is not called handshake at all.
   */
  private isEncrypted(piece: StreamPiece): boolean {
    const frame = this.changeFrames[piece.direction]
    return frame !== 0 && piece.packet.number !== frame && !isTls13(this.version)
  }

  private hasChangedCipher({ direction }: StreamPiece): boolean {
    return this.changeFrames[direction] !== 0 && !isTls13(this.version)
  }

  private handshake(type: number, bytes: Uint8Array, start: number, end: number, isCut: boolean): void {
    const piece = this.piece as StreamPiece
    if (this.steps !== null && !this.hasChangedCipher(piece))
      this.steps.handshake(placeOf(piece), type, bytes, start, end, isTls13(this.version))
    if (type === HandshakeType.clientHello) {
      this.listener.tlsClientHello(new ToldHello(piece, readClientHello(bytes, start, end), isCut))
    } else if (type === HandshakeType.serverHello) {
      const hello = parseServerHello(bytes, start, end)
      this.version = hello.version ?? this.version
      this.listener.tlsServerHello({ ...placeOf(piece), hello, isCut })
    } else if (type === HandshakeType.certificate && !isTls13(this.version)) {
      const chain = parseCertificateChain(bytes, start, end)
      if (chain.length > 0) this.listener.tlsCertificate({ ...placeOf(piece), chain })
    }
  }

  private ssl2Record(piece: StreamPiece, bytes: Uint8Array, start: number, end: number): void {
    const hello = parseSsl2ClientHello(bytes, start, end)
    if (hello !== null) this.listener.tlsClientHello({ ...placeOf(piece), hello, isCut: false, ja3: null, ja4: null })
  }
}

/** Content that is looked at; an alert only in the clear, which is when it has two bytes. */
function isRead(type: number, length: number): boolean {
  if (type === ContentType.handshake || type === ContentType.changeCipherSpec) return true
  return type === ContentType.alert && length === RECORD_HEADER_LENGTH + 2
}

function placeOf(piece: StreamPiece): TlsMessage {
  return {
    frame: piece.packet.number,
    timeNs: piece.packet.timeNs,
    stream: piece.stream,
    direction: piece.direction,
  }
}
