import { asciiText } from '../text/ascii-text.ts'
import type { StreamDissector, StreamPiece } from './stream-dissector.ts'

/** What a segment means for a connection that may change to TLS: nothing, the wish to, or the word that grants or refuses it. */
type Step = 'none' | 'asks' | 'grants' | 'refuses'

/** A protocol whose connections change to TLS in the middle, and how one sees it. */
export interface TlsUpgrade {
  readonly name: string
  readonly ports: readonly number[]
  /** A connection that begins with TLS on one of the ports is not its own. */
  readonly leavesTls?: boolean
  /** Segments of both sides among which the change must come, where it comes before everything else. */
  readonly mostSegments?: number
  /** Judges the segment `bytes[start…end)`; `hasAsked` when the other side was asked and has not answered yet. */
  step(bytes: Uint8Array, start: number, end: number, hasAsked: boolean): Step
}

const LINE_BYTES = 64
/** Stands for the word that a client puts before its commands to know the answers by. */
const TAG = '<tag> '
const SPACE = 32

type Recogniser = (bytes: Uint8Array, start: number, end: number) => boolean

/**
 * Whether a line begins with a command and white space behind it; what the command has in small letters may be in capital ones too. No
 * text is made: it is asked of every segment.
 */
function plainCommand(command: string): Recogniser {
  const codes = [...command].map((character) => character.charCodeAt(0))
  return (bytes, start, end) => {
    if (end - start <= codes.length) return false
    for (let i = 0; i < codes.length; i++) {
      const code = bytes[start + i]!
      if (code !== codes[i] && smallLetter(code) !== codes[i]) return false
    }
    return isWhiteSpace(bytes[start + codes.length]!)
  }
}

function taggedCommand(command: string): Recogniser {
  const follows = plainCommand(command)
  return (bytes, start, end) => {
    let at = start
    const most = Math.min(end, start + LINE_BYTES)
    while (at < most && !isWhiteSpace(bytes[at]!)) at++
    return at > start && at < most && bytes[at] === SPACE && follows(bytes, at + 1, end)
  }
}

function smallLetter(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code + 0x20 : code
}

function isWhiteSpace(code: number): boolean {
  return code === SPACE || (code >= 9 && code <= 13)
}

/** Command, granting answer, and what makes a line an answer at all, of protocols made of lines. */
function lines(name: string, ports: readonly number[], command: string, granted: RegExp, answer: RegExp): TlsUpgrade {
  const asks = command.startsWith(TAG) ? taggedCommand(command.slice(TAG.length)) : plainCommand(command)
  return {
    name,
    ports,
    step(bytes, start, end, hasAsked) {
      if (asks(bytes, start, end)) return 'asks'
      if (!hasAsked) return 'none'
      const line = asciiText(bytes, start, Math.min(end, start + LINE_BYTES))
      if (granted.test(line)) return 'grants'
      return answer.test(line) ? 'refuses' : 'none'
    },
  }
}

/** The protocols whose change to TLS tshark follows. */
export const tlsUpgrades: readonly TlsUpgrade[] = [
  lines('smtp', [25, 587], 'starttls', /^220/, /^\d{3}/), // RFC 3207 §4
  lines('pop', [110], 'stls', /^\+OK/, /^-ERR/), // RFC 2595 §4
  // RFC 9051 §6.2.1
  { ...lines('imap', [143], `${TAG}starttls`, /^[^*\s]\S* ok\b/i, /^[^*\s]\S* (no|bad)\b/i), leavesTls: true },
  lines('nntp', [119], 'starttls', /^382/, /^\d{3}/), // RFC 4642 §2.2
  lines('ftp', [21], 'AUTH TLS', /^234/, /^\d{3}/), // RFC 4217 §4
  { name: 'xmpp', ports: [5222], step: xmppStep },
  { name: 'ldap', ports: [389, 3268], step: ldapStep },
  { name: 'mysql', ports: [3306], step: mysqlStep, mostSegments: 8 },
  { name: 'postgresql', ports: [5432], step: postgresqlStep, mostSegments: 8 },
]

/** Waits until both sides agree on TLS, and reads TLS from the next segment on. */
export class StartTlsDissector implements StreamDissector {
  readonly #upgrade: TlsUpgrade
  readonly #openTls: () => StreamDissector
  #hasAsked = false
  #segments = 0
  #tls: StreamDissector | null = null

  constructor(upgrade: TlsUpgrade, openTls: () => StreamDissector) {
    this.#upgrade = upgrade
    this.#openTls = openTls
  }

  dissect(piece: StreamPiece, bytes: Uint8Array, start: number, end: number): number {
    if (this.#tls !== null) return this.#tls.dissect(piece, bytes, start, end)
    const step = this.#upgrade.step(bytes, start, end, this.#hasAsked)
    if (step === 'asks') this.#hasAsked = true
    else if (step === 'refuses') this.#hasAsked = false
    else if (step === 'grants') this.#tls = this.#openTls()
    this.#segments++
    piece.isOver = this.#tls === null && this.#segments >= (this.#upgrade.mostSegments ?? Number.POSITIVE_INFINITY)
    return end
  }

  unitCompleted(piece: StreamPiece): void {
    this.#tls?.unitCompleted(piece)
  }
}

const PROCEED = [...'<proceed'].map((character) => character.charCodeAt(0))
const START_TLS_OID = [...'1.3.6.1.4.1.1466.20037'].map((character) => character.charCodeAt(0))
const LARGEST_REQUEST = 512

/** RFC 6120 §5.4.2.3. */
function xmppStep(bytes: Uint8Array, start: number, end: number): Step {
  return end - start <= LARGEST_REQUEST && contains(bytes, start, end, PROCEED) ? 'grants' : 'none'
}

/** RFC 4511 §4.14: an extended request by its name, and an extended response with the result code 0. */
function ldapStep(bytes: Uint8Array, start: number, end: number, hasAsked: boolean): Step {
  if (end - start > LARGEST_REQUEST) return 'none'
  if (!hasAsked) return contains(bytes, start, end, START_TLS_OID) ? 'asks' : 'none'
  let at = start + 1 + lengthBytes(bytes, start + 1)
  if (bytes[at] !== 0x02) return 'none'
  at += 2 + bytes[at + 1]!
  if (at >= end || bytes[at] !== 0x78) return 'none'
  at += 1 + lengthBytes(bytes, at + 1)
  return at + 3 <= end && bytes[at] === 0x0a && bytes[at + 2] === 0 ? 'grants' : 'refuses'
}

/** Bytes that a BER length takes (X.690 §8.1.3). */
function lengthBytes(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0
  return first < 0x80 ? 1 : 1 + (first & 0x7f)
}

/** SSLRequest: the client's first packet ends behind the character set and has the capability CLIENT_SSL. */
function mysqlStep(bytes: Uint8Array, start: number, end: number): Step {
  const isRequest = end - start === 36 && bytes[start] === 32 && bytes[start + 3] === 1
  return isRequest && (bytes[start + 5]! & 0x08) !== 0 ? 'grants' : 'none'
}

/** SSLRequest is eight bytes with the version 1234.5679; one byte answers it. */
function postgresqlStep(bytes: Uint8Array, start: number, end: number, hasAsked: boolean): Step {
  if (hasAsked && end - start === 1) return bytes[start] === 0x53 ? 'grants' : 'refuses'
  const isRequest = end - start === 8 && bytes[start + 4] === 0x04 && bytes[start + 5] === 0xd2
  return isRequest && bytes[start + 6] === 0x16 && bytes[start + 7] === 0x2f ? 'asks' : 'none'
}

function contains(bytes: Uint8Array, start: number, end: number, part: readonly number[]): boolean {
  for (
    let at = bytes.indexOf(part[0]!, start);
    at >= 0 && at + part.length <= end;
    at = bytes.indexOf(part[0]!, at + 1)
  ) {
    if (part.every((byte, i) => bytes[at + i] === byte)) return true
  }
  return false
}
