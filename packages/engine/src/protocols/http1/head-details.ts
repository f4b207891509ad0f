import { asciiText } from '../../text/ascii-text.ts'
import { displayText } from '../display-text.ts'
import { findByte } from '../find-byte.ts'
import type { HttpDetails } from '../messages.ts'
import { textLimits } from '../messages.ts'
import { afterLineEnd, findLineEnd } from './line.ts'

const COLON = 0x3a
const SPACE = 0x20
const TAB = 0x09
const LONGEST_NAME = 24
/** Headers by which proxies tell of themselves (RFC 7239, RFC 9110 §7.6.3, and those in use without one). */
const proxyHeaders = new Set([
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-from',
  'client-ip',
  'via',
  'xroxy-connection',
  'proxy-connection',
])

/** Reads what of a head is told only in runs that ask for it. Passwords are not kept. */
export function readHeadDetails(bytes: Uint8Array, start: number, end: number): HttpDetails {
  const details = { version: '', statusText: '', referrer: '', origin: '', userName: '', proxied: [] as string[] }
  const firstEnd = lineEndOrAll(bytes, start, end)
  readFirstLine(details, displayText(bytes, start, Math.min(firstEnd, start + textLimits.uri)))
  let at = afterLineEnd(bytes, firstEnd, end)
  while (at < end) {
    const lineEnd = lineEndOrAll(bytes, at, end)
    const colon = findByte(bytes, COLON, at, Math.min(lineEnd, at + LONGEST_NAME))
    if (colon >= 0) readHeader(details, asciiText(bytes, at, colon).toLowerCase(), bytes, colon + 1, lineEnd)
    at = afterLineEnd(bytes, lineEnd, end)
  }
  return { ...details, contentBytes: 0 }
}

type Read = { -readonly [Name in Exclude<keyof HttpDetails, 'contentBytes'>]: HttpDetails[Name] } & {
  proxied: string[]
}

function readFirstLine(details: Read, line: string): void {
  const status = /^HTTP\/(\d+\.\d+) +\d+ *(.*)$/.exec(line)
  details.version = status?.[1] ?? / HTTP\/(\d+\.\d+) *$/.exec(line)?.[1] ?? ''
  details.statusText = status?.[2]?.trimEnd() ?? ''
}

function readHeader(details: Read, name: string, bytes: Uint8Array, afterColon: number, end: number): void {
  let start = afterColon
  while (start < end && (bytes[start] === SPACE || bytes[start] === TAB)) start += 1
  const value = () => displayText(bytes, start, Math.min(end, start + textLimits.host))
  if (name === 'referer') details.referrer ||= value()
  else if (name === 'origin') details.origin ||= value()
  else if (name === 'authorization' || name === 'proxy-authorization') details.userName ||= basicUserName(value())
  else if (proxyHeaders.has(name)) details.proxied.push(`${name.toUpperCase()} -> ${value()}`)
}

/** The user's name of Basic authentication (RFC 7617 §2); '' for other schemes and for what is no Base64. */
function basicUserName(credentials: string): string {
  const [, token] = /^basic +([a-z0-9+/]+=*)\s*$/i.exec(credentials) ?? []
  if (token === undefined || token.replace(/=+$/, '').length % 4 === 1) return ''
  const decoded = Uint8Array.from(atob(token.replace(/=+$/, '')), (character) => character.charCodeAt(0))
  const colon = decoded.indexOf(COLON)
  return colon < 0 ? '' : displayText(decoded, 0, colon)
}

function lineEndOrAll(bytes: Uint8Array, start: number, end: number): number {
  const lineEnd = findLineEnd(bytes, start, end)
  return lineEnd < 0 ? end : lineEnd
}
