import { displayText } from '../display-text.ts'
import { findByte } from '../find-byte.ts'
import { textLimits } from '../messages.ts'
import { afterLineEnd, findLineEnd } from './line.ts'
import { classifyStartLine, REQUEST, RESPONSE, readMethod, readStatus, startsWith } from './start-line.ts'

const COLON = 0x3a
const CR = 0x0d
const LF = 0x0a
const SPACE = 0x20
const TAB = 0x09
const PLUS = 0x2b
/** tshark takes a Content-Length beyond a signed 32-bit number for none at all. */
const MAX_CONTENT_LENGTH = 0x7fffffff

/** Start line and the few headers of a message (RFC 9112 §2.1) that framing and naming need. */
export interface HttpHead {
  readonly isRequest: boolean
  /** Of a request, '' otherwise. */
  readonly method: string
  readonly uri: string
  /** Of a response, -1 otherwise or when it has none. */
  readonly status: number
  readonly host: string | null
  readonly userAgent: string | null
  /** Last Content-Length; -1 if none or invalid. */
  readonly contentLength: number
  readonly isChunked: boolean
}

/**
 * Offset after the blank line that ends a head, searching whole lines from `lineStart`; while it is not there, the complement (`~`) of the
 * offset of the line where to search again.
 */
export function findHeadEnd(bytes: Uint8Array, lineStart: number, end: number): number {
  let at = lineStart
  for (;;) {
    const lineEnd = findLineEnd(bytes, at, end)
    if (lineEnd < 0) return ~at
    const next = afterLineEnd(bytes, lineEnd, end)
    if (lineEnd === at) return next
    at = next
  }
}

/** Whether a head that was cut ends within a line that has no colon yet. */
export function endsInHeaderName(bytes: Uint8Array, start: number, end: number): boolean {
  let lineStart = end
  while (lineStart > start && bytes[lineStart - 1] !== LF) lineStart--
  return lineStart > start && lineStart < end && findByte(bytes, COLON, lineStart, end) < 0
}

/** Reads the head in `bytes[start…end)`, or undefined when its first line is neither a request nor a status line. */
export function parseHead(bytes: Uint8Array, start: number, end: number): HttpHead | undefined {
  const firstEnd = lineEndOrAll(bytes, start, end)
  const kind = classifyStartLine(bytes, start, firstEnd)
  if (kind !== REQUEST && kind !== RESPONSE) return undefined
  const head = {
    isRequest: kind === REQUEST,
    method: kind === REQUEST ? readMethod(bytes, start, firstEnd) : '',
    uri: kind === REQUEST ? readUri(bytes, start, firstEnd) : '',
    status: kind === RESPONSE ? readStatus(bytes, start, firstEnd) : -1,
    host: null as string | null,
    userAgent: null as string | null,
    contentLength: -1,
    isChunked: false,
  }
  let at = afterLineEnd(bytes, firstEnd, end)
  let isShown = true
  while (at < end) {
    const lineEnd = lineEndOrAll(bytes, at, end)
    // tshark shows no header behind a line that is none, yet frames the message by all of them.
    isShown &&= findByte(bytes, COLON, at, lineEnd) >= 0
    readHeader(head, bytes, at, lineEnd, isShown)
    at = afterLineEnd(bytes, lineEnd, end)
  }
  return head
}

function lineEndOrAll(bytes: Uint8Array, start: number, end: number): number {
  const lineEnd = findLineEnd(bytes, start, end)
  if (lineEnd >= 0) return lineEnd
  // a CR at the very end, as where a segment was cut
  return end > start && bytes[end - 1] === CR ? end - 1 : end
}

function readUri(bytes: Uint8Array, start: number, end: number): string {
  let at = start
  while (at < end && bytes[at] !== SPACE) at += 1
  const uriStart = Math.min(at + 1, end)
  let uriEnd = uriStart
  while (uriEnd < end && bytes[uriEnd] !== SPACE) uriEnd += 1
  return displayText(bytes, uriStart, Math.min(uriEnd, uriStart + textLimits.uri))
}

interface MutableHead {
  host: string | null
  userAgent: string | null
  contentLength: number
  isChunked: boolean
}

function readHeader(head: MutableHead, bytes: Uint8Array, start: number, end: number, isShown: boolean): void {
  const lower = bytes[start]! | 0x20
  // the first letters of the headers that matter
  if (lower !== 0x68 && lower !== 0x75 && lower !== 0x63 && lower !== 0x74) return
  const colon = findByte(bytes, COLON, start, Math.min(end, start + 20))
  if (colon < 0) return
  let valueStart = colon + 1
  while (valueStart < end && (bytes[valueStart] === SPACE || bytes[valueStart] === TAB)) valueStart += 1
  if (isWord(bytes, start, colon, 'host')) {
    if (isShown && head.host === null && valueStart < end)
      head.host = displayText(bytes, valueStart, Math.min(end, valueStart + textLimits.host))
  } else if (isWord(bytes, start, colon, 'user-agent')) {
    if (isShown) head.userAgent ??= displayText(bytes, valueStart, Math.min(end, valueStart + textLimits.banner))
  } else if (isWord(bytes, start, colon, 'content-length')) {
    head.contentLength = readContentLength(bytes, valueStart, Math.min(end, valueStart + 32))
  } else if (isWord(bytes, start, colon, 'transfer-encoding')) {
    head.isChunked = isWord(bytes, valueStart, Math.min(end, valueStart + 7), 'chunked')
  }
}

/** Whether bytes spell a word of small letters and hyphens, whatever the case. */
function isWord(bytes: Uint8Array, start: number, end: number, word: string): boolean {
  if (end - start !== word.length) return false
  for (let i = 0; i < word.length; i++) {
    const byte = bytes[start + i]!
    const small = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
    if (small !== word.charCodeAt(i)) return false
  }
  return true
}

/** The decimal number that stands there alone, a plus sign and white space left out; -1 for anything else. */
function readContentLength(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end && isWhiteSpace(bytes[at]!)) at += 1
  if (at < end && bytes[at] === PLUS) at += 1
  const digits = at
  let length = 0
  for (; at < end && bytes[at]! >= 0x30 && bytes[at]! <= 0x39; at++) length = length * 10 + (bytes[at]! - 0x30)
  if (at === digits) return -1
  while (at < end && isWhiteSpace(bytes[at]!)) at += 1
  return at < end || length > MAX_CONTENT_LENGTH ? -1 : length
}

/** ASCII white space and the no-break space of Latin 1. */
function isWhiteSpace(byte: number): boolean {
  return byte === SPACE || (byte >= TAB && byte <= CR) || byte === 0xa0
}

/** Whether the text begins the preface of HTTP/2 (RFC 9113 §3.4). */
export function isHttp2Preface(bytes: Uint8Array, start: number, end: number): boolean {
  return startsWith(bytes, start, end, 'PRI * HTTP/2.0\r\n')
}
