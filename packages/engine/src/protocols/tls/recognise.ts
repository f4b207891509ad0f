import { ContentType, isRecordHeader, RECORD_HEADER_LENGTH, recordLength } from './record.ts'

/** TCP ports whose streams tshark 4.0 gives to TLS without looking at the content. */
export const tlsPorts: readonly number[] = [
  324, 443, 465, 636, 802, 853, 993, 995, 1300, 2221, 2443, 3249, 3250, 3251, 3252, 3496, 5061, 5671, 5684, 5868, 8883,
  11207, 19999, 27017,
]

/** Largest content that is believed: 2^14 and the 2048 bytes that compression and encryption may add (RFC 5246 §6.2.3). */
const MAX_CONTENT_LENGTH = 16384 + 2048

/**
 * True when a stream on any other port begins like TLS: a handshake or application data record of plausible version and length.
 * As in tshark 4.0 alerts and ChangeCipherSpec alone do not convince, nor does an SSL 2.0 hello.
 */
export function looksLikeTls(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < RECORD_HEADER_LENGTH) return false
  const type = bytes[start]
  if (type !== ContentType.handshake && type !== ContentType.applicationData) return false
  if (!isRecordHeader(bytes, start)) return false
  const length = recordLength(bytes, start)
  return length > 0 && length < MAX_CONTENT_LENGTH
}

/** True when the first four of at least five bytes are printable: no record begins so, and tshark leaves such segments to others. */
export function looksLikeText(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < RECORD_HEADER_LENGTH) return false
  for (let i = start; i < start + 4; i++) if (bytes[i] < 0x20 || bytes[i] > 0x7e) return false
  return true
}
