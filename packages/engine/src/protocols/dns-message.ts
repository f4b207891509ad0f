import { lastDnsName, readDnsName } from './dns-name.ts'
import { isRdataReadable } from './dns-rdata.ts'

const HEADER_BYTES = 12
const TYPE_OPT = 41
const TYPE_IXFR = 251
const TYPE_AXFR = 252
/** Answers whose place is remembered; a message with more is still read to its end. */
const MAX_ANSWERS = 16

/**
 * A DNS message (RFC 1035 §4.1) as far as timing and naming need it. One instance is reused; strings are made for the first question
 * only, answers stay offsets into the borrowed bytes (see {@link listDnsAnswers}).
 */
export class DnsMessage {
  /** At least the header's flags could be read: without them there is no message. */
  hasFlags = false
  id = 0
  isResponse = false
  opcode = 0
  /** Response code of the header's four bits. */
  rcode = 0
  isTruncated = false
  questionCount = 0
  answerCount = 0
  /** First question as tshark prints `dns.qry.name`: no final dot, `<Root>`; '' without a readable question. */
  name = ''
  type = 0
  class = 0
  /** The first question's name, type and class are there. */
  questionReadable = false
  /** All questions are there. */
  questionsReadable = false
  /** A question asks for a zone transfer (AXFR, IXFR), which has many responses. */
  isZoneTransfer = false
  /** The whole message could be read, every record of it. */
  complete = false
  /** One past the last byte read. */
  endOffset = 0

  /** Answers remembered (at most 16): type, start and length of their data. */
  answersKept = 0
  readonly answerTypes = new Uint16Array(MAX_ANSWERS)
  readonly answerStarts = new Int32Array(MAX_ANSWERS)
  readonly answerLengths = new Int32Array(MAX_ANSWERS)
  messageStart = 0
  messageEnd = 0
}

/** Reads the message in `bytes[start…end)` into `into` and returns it. Never throws; what cannot be read is told by the flags. */
export function parseDnsMessage(bytes: Uint8Array, start: number, end: number, into: DnsMessage): DnsMessage {
  clear(into, start, end)
  if (end - start >= 2) into.id = (bytes[start]! << 8) | bytes[start + 1]!
  if (end - start < 4) return into
  const flags = (bytes[start + 2]! << 8) | bytes[start + 3]!
  into.hasFlags = true
  into.isResponse = (flags & 0x8000) !== 0
  into.opcode = (flags >> 11) & 15
  into.isTruncated = (flags & 0x0200) !== 0
  into.rcode = flags & 15
  if (end - start < HEADER_BYTES) return into
  into.questionCount = (bytes[start + 4]! << 8) | bytes[start + 5]!
  into.answerCount = (bytes[start + 6]! << 8) | bytes[start + 7]!
  const authorities = (bytes[start + 8]! << 8) | bytes[start + 9]!
  const additionals = (bytes[start + 10]! << 8) | bytes[start + 11]!

  let at = readQuestions(bytes, start + HEADER_BYTES, into)
  if (at < 0) return into
  into.questionsReadable = true
  at = readRecords(bytes, at, into.answerCount, into, true)
  if (at >= 0) at = readRecords(bytes, at, authorities + additionals, into, false)
  if (at < 0) return into
  into.endOffset = Math.min(at, end)
  into.complete = true
  return into
}

function clear(message: DnsMessage, start: number, end: number): void {
  message.hasFlags = false
  message.id = 0
  message.isResponse = false
  message.opcode = 0
  message.rcode = 0
  message.isTruncated = false
  message.questionCount = 0
  message.answerCount = 0
  message.name = ''
  message.type = 0
  message.class = 0
  message.questionReadable = false
  message.questionsReadable = false
  message.isZoneTransfer = false
  message.complete = false
  message.endOffset = end
  message.answersKept = 0
  message.messageStart = start
  message.messageEnd = end
}

function readQuestions(bytes: Uint8Array, offset: number, into: DnsMessage): number {
  let at = offset
  for (let i = 0; i < into.questionCount; i++) {
    at = readDnsName(bytes, at, into.messageEnd, into.messageStart)
    if (at < 0 || at + 4 > into.messageEnd) return -1
    const type = (bytes[at]! << 8) | bytes[at + 1]!
    if (type === TYPE_AXFR || type === TYPE_IXFR) into.isZoneTransfer = true
    if (i === 0) {
      into.name = lastDnsName()
      into.type = type
      into.class = (bytes[at + 2]! << 8) | bytes[at + 3]!
      into.questionReadable = true
    }
    at += 4
  }
  return at
}

function readRecords(bytes: Uint8Array, offset: number, count: number, into: DnsMessage, areAnswers: boolean): number {
  const end = into.messageEnd
  let at = offset
  for (let i = 0; i < count; i++) {
    at = readDnsName(bytes, at, end, into.messageStart)
    if (at < 0 || at + 10 > end) return -1
    const type = (bytes[at]! << 8) | bytes[at + 1]!
    const length = (bytes[at + 8]! << 8) | bytes[at + 9]!
    const start = at + 10
    if (!isRdataReadable(bytes, type, start, length, end, into.messageStart)) return -1
    if (areAnswers && into.answersKept < MAX_ANSWERS && type !== TYPE_OPT) {
      into.answerTypes[into.answersKept] = type
      into.answerStarts[into.answersKept] = start
      into.answerLengths[into.answersKept] = length
      into.answersKept += 1
    }
    at = start + length
  }
  return at
}
