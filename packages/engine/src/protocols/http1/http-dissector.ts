import { markProtocol, Protocol } from '../../protocol-set.ts'
import type { HttpRequest, ProtocolListener } from '../messages.ts'
import {
  NEED_NOTHING,
  NEED_ONE_MORE_SEGMENT,
  NEED_UNTIL_FIN,
  type StreamDissector,
  type StreamPiece,
} from '../stream-dissector.ts'
import { ChunkedBody } from './chunked-body.ts'
import { HttpExchanges } from './exchanges.ts'
import { endsInHeaderName, findHeadEnd, type HttpHead, isHttp2Preface, parseHead } from './head.ts'
import { readHeadDetails } from './head-details.ts'
import { findLineEnd } from './line.ts'
import { detailsOf, OpenMessage } from './open-message.ts'
import { classifyStartLine, isPrintable, looksLikeHeader, mayBecomeHead } from './start-line.ts'

const LF = 0x0a
const CR = 0x0d

const NOT_SWITCHED = 0
/** After `CONNECT`: every frame counts as HTTP too. */
const TUNNEL = 1
/** After `101` or the preface of HTTP/2: nothing is HTTP/1 any more. */
const OTHER_PROTOCOL = 2
type Switched = typeof NOT_SWITCHED | typeof TUNNEL | typeof OTHER_PROTOCOL

/** Opens the dissector for what a `CONNECT` carries to this port; null when its contents are of no interest. */
export type OpenTunnel = (port: number) => StreamDissector | null

/**
 * HTTP/1.x on one connection as tshark 4.0 reads it (RFC 9112): a message is told in the frame that completes head and body. Bodies are
 * counted, never kept. Bytes that are no message are «continuation»: they mark the frame once a request was seen.
 */
export class HttpDissector implements StreamDissector {
  private readonly listener: ProtocolListener
  private readonly openTunnel: OpenTunnel
  private readonly readsDetails: boolean
  private readonly exchanges = new HttpExchanges()
  private connectUri = ''
  private switchedTo: Switched = NOT_SWITCHED
  private tunnel: StreamDissector | null = null
  /** Offset at which the piece's first frame applies; later messages of a piece begin in its last frame. */
  private pieceStart = 0

  constructor(listener: ProtocolListener, openTunnel: OpenTunnel = () => null, readsDetails = false) {
    this.listener = listener
    this.openTunnel = openTunnel
    this.readsDetails = readsDetails
  }

  dissect(piece: StreamPiece, bytes: Uint8Array, start: number, end: number): number {
    let at = start
    this.pieceStart = start
    if (piece.context instanceof OpenMessage) at = this.continue(piece, piece.context, bytes, start, end)
    while (at < end && piece.need === NEED_NOTHING) {
      if (this.switchedTo !== NOT_SWITCHED) return this.dissectSwitched(piece, bytes, at, end)
      at = this.dissectMessage(piece, bytes, at, end)
    }
    return at
  }

  /** Notes a message that an ICMP error quotes: nobody is told, but tshark pairs requests and responses with it. */
  quoted(piece: StreamPiece, bytes: Uint8Array, start: number, end: number): void {
    const headEnd = findHeadEnd(bytes, start, end)
    const head = parseHead(bytes, start, headEnd < 0 ? end : headEnd)
    if (head === undefined) return
    if (head.isRequest) this.exchanges.addQuoted(head.method, piece.packet.number, piece.packet.timeNs)
    else this.exchanges.takeForTshark()
  }

  unitCompleted(piece: StreamPiece): void {
    const message = piece.context
    if (!(message instanceof OpenMessage)) {
      this.tunnel?.unitCompleted(piece)
      return
    }
    if (message.chunks !== undefined) {
      message.chunks.skipMissing()
      piece.need = NEED_ONE_MORE_SEGMENT
      piece.skipContent = false
      return
    }
    message.bodyBytes += piece.skippedBytes
    this.finish(piece, message)
  }

  private dissectMessage(piece: StreamPiece, bytes: Uint8Array, start: number, end: number): number {
    const isText = isPrintable(bytes[start]!)
    const isAfterBlank = bytes[start] === CR && start + 2 < end && bytes[start + 1] === LF
    if (!isText && !isAfterBlank) return this.continuation(piece, bytes, start, end)
    const lineStart = isAfterBlank ? start + 2 : start
    const lineEnd = findLineEnd(bytes, lineStart, end)
    if (lineEnd < 0 && piece.canWait) return this.awaitHead(piece, new OpenMessage(), start, lineStart - start)
    if (isHttp2Preface(bytes, lineStart, end)) this.switchedTo = OTHER_PROTOCOL
    if (classifyStartLine(bytes, lineStart, lineEnd < 0 ? end : lineEnd) === 0) {
      return this.continuation(piece, bytes, start, end)
    }
    const headEnd = findHeadEnd(bytes, lineStart, end)
    if (headEnd < 0 && piece.canWait) return this.awaitHead(piece, new OpenMessage(), start, ~headEnd - start)
    const message = new OpenMessage()
    message.isCut = headEnd < 0 && endsInHeaderName(bytes, lineStart, end)
    return this.beginBody(piece, message, bytes, lineStart, headEnd < 0 ? end : headEnd, end)
  }

  /** Asks for one more segment; the bytes from `start` on will come again. */
  private awaitHead(piece: StreamPiece, message: OpenMessage, start: number, searched: number): number {
    message.searched = searched
    piece.context = message
    piece.need = NEED_ONE_MORE_SEGMENT
    return start
  }

  /** More of a message that waited: of a chunked body, or of a head, which is looked at anew once its end is there. */
  private continue(piece: StreamPiece, message: OpenMessage, bytes: Uint8Array, start: number, end: number): number {
    if (message.chunks !== undefined) return this.walkChunks(piece, message, bytes, start, end)
    const headEnd = findHeadEnd(bytes, start + message.searched, end)
    if (headEnd < 0 && piece.canWait && mayBecomeHead(bytes, start, end)) {
      return this.awaitHead(piece, message, start, ~headEnd - start)
    }
    piece.context = null
    return start
  }

  private continuation(piece: StreamPiece, bytes: Uint8Array, start: number, end: number): number {
    if (this.exchanges.lastMethod !== '' || looksLikeHeader(bytes, start, end))
      markProtocol(piece.packet, Protocol.http)
    return end
  }

  private beginBody(
    piece: StreamPiece,
    message: OpenMessage,
    bytes: Uint8Array,
    start: number,
    headEnd: number,
    end: number,
  ): number {
    const head = parseHead(bytes, start, headEnd)
    if (head === undefined) return end
    message.head = head
    if (this.readsDetails) message.details = readHeadDetails(bytes, start, headEnd)
    const isFirst = start - 2 <= this.pieceStart
    message.firstFrame = isFirst ? piece.firstFrame : piece.packet.number
    message.firstTimeNs = isFirst ? piece.firstTimeNs : piece.packet.timeNs
    const hasNoBody = this.hasNoBody(head)
    if (head.isChunked && !hasNoBody) {
      message.chunks = new ChunkedBody()
      const at = this.walkChunks(piece, message, bytes, headEnd, end)
      if (piece.need !== NEED_NOTHING) piece.messageStart = start
      return at
    }
    if (head.contentLength >= 0) message.missing = head.contentLength
    else if (!head.isRequest && !hasNoBody) message.missing = -1
    else if (hasNoBody && this.swallowsRest()) message.missing = end - headEnd
    return this.countBody(piece, message, start, headEnd, end, hasNoBody)
  }

  private hasNoBody(head: HttpHead): boolean {
    if (head.isRequest) return false
    const { status } = head
    if ((status >= 100 && status < 200) || status === 204 || status === 304) return true
    const { lastMethod } = this.exchanges
    return lastMethod === 'HEAD' || (lastMethod === 'CONNECT' && status >= 200 && status < 300)
  }

  /** After HEAD or CONNECT tshark takes the rest of the piece for the body of a response without a length. */
  private swallowsRest(): boolean {
    return this.exchanges.lastMethod === 'HEAD' || this.exchanges.lastMethod === 'CONNECT'
  }

  /** Takes what is here of a body of known length, or of one until FIN, and asks for the rest unless nothing is awaited. */
  private countBody(
    piece: StreamPiece,
    message: OpenMessage,
    start: number,
    bodyStart: number,
    end: number,
    awaitsNothing: boolean,
  ): number {
    const here = end - bodyStart
    const taken = message.missing < 0 ? here : Math.min(here, message.missing)
    message.bodyBytes += taken
    const isUntilFin = message.missing < 0
    if (!isUntilFin) message.missing -= taken
    const isDone = awaitsNothing || message.missing === 0
    if (isDone || !piece.canWait) {
      this.finish(piece, message)
      return bodyStart + taken
    }
    piece.context = message
    piece.messageStart = start
    piece.need = isUntilFin ? NEED_UNTIL_FIN : message.missing
    piece.skipContent = true
    return end
  }

  private walkChunks(piece: StreamPiece, message: OpenMessage, bytes: Uint8Array, start: number, end: number): number {
    const chunks = message.chunks!
    const at = chunks.walk(bytes, start, end)
    if (chunks.isDone || !piece.canWait) {
      message.bodyBytes = chunks.wireBytes
      this.finish(piece, message)
      return chunks.isDone ? at : end
    }
    piece.context = message
    piece.skipContent = chunks.missing > 0
    // tshark awaits one more segment at a time
    piece.inOrderOnly = true
    piece.need = chunks.missing > 0 ? chunks.missing : NEED_ONE_MORE_SEGMENT
    return at
  }

  private finish(piece: StreamPiece, message: OpenMessage): void {
    piece.context = null
    piece.need = NEED_NOTHING
    piece.skipContent = false
    markProtocol(piece.packet, Protocol.http)
    const head = message.head!
    if (head.isRequest) this.finishRequest(piece, message, head)
    else this.finishResponse(piece, message, head)
  }

  private finishRequest(piece: StreamPiece, message: OpenMessage, head: HttpHead): void {
    const { number: frame, timeNs } = piece.packet
    const request: HttpRequest = {
      frame,
      timeNs,
      stream: piece.stream,
      direction: piece.direction,
      firstFrame: message.firstFrame,
      firstTimeNs: message.firstTimeNs,
      lastFrame: frame,
      lastTimeNs: timeNs,
      bodyBytes: message.bodyBytes,
      method: head.method,
      uri: head.uri,
      host: head.host,
      userAgent: head.userAgent,
      details: detailsOf(message),
    }
    this.exchanges.addRequest(request, message.isCut)
    if (head.method === 'CONNECT') this.connectUri = head.uri
    this.listener.httpRequest(request)
  }

  private finishResponse(piece: StreamPiece, message: OpenMessage, head: HttpHead): void {
    const paired = message.isCut ? undefined : this.exchanges.takeForTshark()
    const { lastMethod } = this.exchanges
    if (lastMethod === 'CONNECT' && head.status === 200) this.beginTunnel()
    else if (head.status === 101) this.switchedTo = OTHER_PROTOCOL
    if (head.status < 0) return
    const request = this.exchanges.takeInOrder(head.status)
    const { number: frame, timeNs } = piece.packet
    const { firstTimeNs } = message
    this.listener.httpResponse({
      frame,
      timeNs,
      stream: piece.stream,
      direction: piece.direction,
      firstFrame: message.firstFrame,
      firstTimeNs,
      lastFrame: frame,
      lastTimeNs: timeNs,
      bodyBytes: message.bodyBytes,
      status: head.status,
      requestFrame: paired?.frame ?? 0,
      sinceRequestNs: paired === undefined ? -1 : timeNs - paired.timeNs,
      request,
      serverDelayNs: request === null ? -1 : firstTimeNs - request.lastTimeNs,
      details: detailsOf(message),
    })
  }

  private beginTunnel(): void {
    const port = Number(this.connectUri.slice(this.connectUri.lastIndexOf(':') + 1))
    this.tunnel = Number.isInteger(port) ? this.openTunnel(port) : null
    this.switchedTo = TUNNEL
  }

  private dissectSwitched(piece: StreamPiece, bytes: Uint8Array, start: number, end: number): number {
    if (this.switchedTo === OTHER_PROTOCOL) return end
    markProtocol(piece.packet, Protocol.http)
    return this.tunnel === null ? end : this.tunnel.dissect(piece, bytes, start, end)
  }
}
