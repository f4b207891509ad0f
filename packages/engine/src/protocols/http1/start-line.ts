import { displayText } from '../display-text.ts'
import { findByte } from '../find-byte.ts'
import { findLineEnd } from './line.ts'

const RECORDED_METHODS =
  `GET PUT COPY HEAD LOCK MOVE POLL POST BCOPY BMOVE MKCOL TRACE PATCH LABEL MERGE DELETE SEARCH UNLOCK REPORT UPDATE
  BDELETE CONNECT OPTIONS CHECKIN PROPFIND CHECKOUT CCM_POST PROPPATCH BPROPFIND BPROPPATCH UNCHECKOUT MKACTIVITY MKWORKSPACE
  RPC_CONNECT RPC_IN_DATA RPC_OUT_DATA VERSION-CONTROL BASELINE-CONTROL SSTP_DUPLEX_POST`.split(/\s+/)
const recorded = new Set(RECORDED_METHODS)
const unrecorded = new Set(['NOTIFY', 'SUBSCRIBE', 'UNSUBSCRIBE'])
const LONGEST_METHOD = 20

const NOT_HTTP = 0
export const REQUEST = 1
export const RESPONSE = 2
export type StartLineKind = typeof NOT_HTTP | typeof REQUEST | typeof RESPONSE

/** Tells a request line from a status line from anything else, as tshark does: by a known method, or by `HTTP/` or `ICY`. */
export function classifyStartLine(bytes: Uint8Array, start: number, end: number): StartLineKind {
  if (startsWith(bytes, start, end, 'HTTP/') || startsWith(bytes, start, end, 'ICY')) return RESPONSE
  return isMethod(readMethod(bytes, start, end)) ? REQUEST : NOT_HTTP
}

/** Text up to the first space, or the whole line; '' when it is too long for a method. */
export function readMethod(bytes: Uint8Array, start: number, end: number): string {
  let at = start
  while (at < end && bytes[at] !== 0x20) {
    if (at - start >= LONGEST_METHOD + 2) return ''
    at += 1
  }
  return displayText(bytes, start, at)
}

function isMethod(method: string): boolean {
  const base = method.startsWith('M-') ? method.slice(2) : method
  return recorded.has(base) || unrecorded.has(base)
}

/** Whether tshark pairs requests of this method with responses (it does not for NOTIFY, SUBSCRIBE and UNSUBSCRIBE). */
export function isPairedMethod(method: string): boolean {
  return recorded.has(method.startsWith('M-') ? method.slice(2) : method)
}

/** Status code of a status line, from at most three characters after the first run of spaces; -1 if there is none. */
export function readStatus(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end && bytes[at] !== 0x20) at += 1
  while (at < end && bytes[at] === 0x20) at += 1
  let stop = at
  while (stop < end && bytes[stop] !== 0x20) stop += 1
  if (stop - at < 3) return -1
  let status = 0
  for (let i = at; i < at + 3; i++) {
    const digit = bytes[i]! - 0x30
    if (digit < 0 || digit > 9) return i === at ? -1 : status
    status = status * 10 + digit
  }
  return status
}

/** Whether a line on a port that nobody owns makes its connection HTTP: it begins with `HTTP/1.` or ends with `HTTP/1.x`. */
export function looksLikeHttp(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start]!
  if (first < 0x41 || first > 0x5a) return false
  const lineEnd = findLineEnd(bytes, start, end)
  if (lineEnd < 0) return false
  if (lineEnd - start < 8) return false
  return startsWith(bytes, start, lineEnd, 'HTTP/1.') || startsWith(bytes, lineEnd - 8, lineEnd, 'HTTP/1.')
}

export function startsWith(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start < text.length) return false
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false
  return true
}

/** Whether the first line of waiting bytes, after one blank line, is not whole yet or begins a message. */
export function mayBecomeHead(bytes: Uint8Array, start: number, end: number): boolean {
  const lineStart = bytes[start] === 0x0d && bytes[start + 1] === 0x0a ? start + 2 : start
  const lineEnd = findLineEnd(bytes, lineStart, end)
  return lineEnd < 0 || classifyStartLine(bytes, lineStart, lineEnd) !== NOT_HTTP
}

/** Whether bytes begin with printable text whose first line has a colon: tshark calls it HTTP even before any request. */
export function looksLikeHeader(bytes: Uint8Array, start: number, end: number): boolean {
  if (!isPrintable(bytes[start]!)) return false
  const lineEnd = findLineEnd(bytes, start, end)
  return findByte(bytes, 0x3a, start, lineEnd < 0 ? end : lineEnd) >= 0
}

export function isPrintable(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f
}
