import type { CaptureInterface, CaptureSummary } from '@pcap-analyzer/engine'
import { unreadableLines } from '../summary/completeness.ts'
import { safeText } from '../terminal/safe-text.ts'
import { bytesText, countText, decimalText, durationText, pluralText, timeText } from '../terminal/units.ts'
import { labelled } from '../terminal/wrap.ts'
import { summaryWords } from '../words/summary-words.ts'

/** One capture file with what can be said of it without looking into its packets. */
export interface CaptureInfo {
  /** Null for standard input. */
  readonly file: string | null
  /** As stored, compressed if it is. */
  readonly sizeBytes: number | null
  readonly sha256: string | null
  readonly capture: CaptureSummary
}

const LABEL_COLUMNS = 18
const MOST_COMMENTS = 20

/** One line a property, those that the file does not tell left out. */
export function infoText({ file, sizeBytes, sha256, capture }: CaptureInfo, columns: number): string {
  const lines: (readonly [string, string | null])[] = [
    ['File', safeText(file ?? 'standard input', 4096)],
    ['Type', `${capture.format}, ${capture.byteOrder}-endian`],
    ['Compression', capture.compression],
    ['Encapsulation', encapsulationText(capture)],
    ['Packets', countText(capture.packets)],
    ['File size', sizeBytes === null ? null : exactBytes(sizeBytes)],
    ['Data size', exactBytes(capture.wireBytes)],
    ['Captured', capturedText(capture)],
    ...timeLines(capture),
    ...rateLines(capture),
    ['SHA-256', sha256],
    ['Hardware', textOrNull(capture.hardware)],
    ['Operating system', textOrNull(capture.operatingSystem)],
    ['Application', textOrNull(capture.application)],
    ['Sections', capture.sections > 1 ? countText(capture.sections) : null],
    ['Decryption keys', capture.decryptionSecrets > 0 ? pluralText(capture.decryptionSecrets, 'block') : null],
    ['Skipped blocks', skippedText(capture.skippedBlocks)],
    ...capture.interfaces.map((one, i) => [`Interface ${i}`, interfaceText(one)] as const),
    ['', moreText(capture.interfaces.length, capture.interfaceCount, 'interface')],
    ...capture.comments.slice(0, MOST_COMMENTS).map(({ frame, text }) => {
      return [frame === null ? 'Comment' : `Comment, ${frame}`, safeText(text, 1000)] as const
    }),
    ['', moreText(Math.min(MOST_COMMENTS, capture.comments.length), capture.commentCount, 'comment')],
    ['Readable', readableText(capture)],
  ]
  return lines
    .filter((line): line is readonly [string, string] => line[1] !== null)
    .map(([label, text]) => `${labelled(label, text, LABEL_COLUMNS, columns)}\n`)
    .join('')
}

function encapsulationText({ linkTypes }: CaptureSummary): string {
  if (linkTypes.length === 0) return 'no packets'
  return linkTypes
    .map(({ name, number, supported, packets }) => {
      const share = linkTypes.length > 1 ? `, ${pluralText(packets, 'packet')}` : ''
      return `${safeText(name)} (${number}${share}${supported ? '' : ', not decoded'})`
    })
    .join(', ')
}

function capturedText({ capturedBytes, truncatedPackets }: CaptureSummary): string {
  const cut = truncatedPackets === 0 ? 'no packet cut short' : `${pluralText(truncatedPackets, 'packet')} cut short`
  return `${exactBytes(capturedBytes)}, ${cut}`
}

function timeLines(capture: CaptureSummary): (readonly [string, string | null])[] {
  const { firstTime, lastTime, earliestTime, latestTime, timeOrdered } = capture
  const time = (epoch: string | null) => (epoch === null ? null : timeText(epoch))
  return [
    ['Duration', firstTime === null ? null : durationText(capture.durationNs)],
    ['First packet', time(firstTime)],
    ['Last packet', time(lastTime)],
    ['Earliest', earliestTime === firstTime ? null : time(earliestTime)],
    ['Latest', latestTime === lastTime ? null : time(latestTime)],
    ['Order of time', timeOrdered ? 'yes' : 'no: some packets are earlier than the one before them'],
  ]
}

function rateLines({ durationNs, packets, wireBytes }: CaptureSummary): (readonly [string, string | null])[] {
  const seconds = durationNs / 1e9
  const meanBytes = packets === 0 ? null : `${(wireBytes / packets).toFixed(1)} bytes`
  if (seconds <= 0) return [['Mean packet', meanBytes]]
  return [
    ['Data rate', `${decimalText(wireBytes / seconds, 'B/s')}, ${decimalText((wireBytes * 8) / seconds, 'bit/s')}`],
    ['Packet rate', decimalText(packets / seconds, 'packets/s')],
    ['Mean packet', meanBytes],
  ]
}

function interfaceText(one: CaptureInterface): string {
  const parts = [
    textOrNull(one.name) ?? 'no name',
    textOrNull(one.description),
    pluralText(one.packets, 'packet'),
    one.snapLength === 0 ? 'no snap length' : `snap length ${one.snapLength}`,
    `clock in ${clockText(one.ticksPerSecond)}`,
    one.offsetSeconds === 0 ? null : `clock offset ${one.offsetSeconds} s`,
    one.bitsPerSecond === null ? null : decimalText(one.bitsPerSecond, 'bit/s'),
    one.filter === null ? null : `filter ${safeText(one.filter)}`,
    textOrNull(one.hardware),
    textOrNull(one.operatingSystem),
    one.received === null ? null : `received ${countText(one.received)}`,
    one.droppedByInterface === null ? null : `dropped by the interface ${countText(one.droppedByInterface)}`,
    one.droppedByOperatingSystem === null ? null : `dropped by the system ${countText(one.droppedByOperatingSystem)}`,
    ...one.comments.map((comment) => `comment: ${safeText(comment)}`),
  ]
  return parts.filter((part) => part !== null).join(', ')
}

function clockText(ticksPerSecond: number): string {
  const names: Readonly<Record<number, string>> = { 1: 's', 1000: 'ms', 1000000: 'µs', 1000000000: 'ns' }
  return names[ticksPerSecond] ?? `1/${countText(ticksPerSecond)} s`
}

function readableText(capture: CaptureSummary): string {
  return unreadableLines(capture, summaryWords.en).join('; ') || 'to its end'
}

function skippedText(blocks: Readonly<Record<string, number>>): string | null {
  const parts = Object.entries(blocks).map(([type, count]) => `${safeText(type)} (${countText(count)})`)
  return parts.length === 0 ? null : parts.join(', ')
}

function moreText(shown: number, total: number, singular: string): string | null {
  return shown < total ? `${shown} of ${pluralText(total, singular)} are shown` : null
}

function textOrNull(text: string | null): string | null {
  return text === null || text === '' ? null : safeText(text)
}

/** `1,634,304 bytes (1.56 MiB)`. */
function exactBytes(bytes: number): string {
  return bytes < 1024 ? bytesText(bytes) : `${countText(bytes)} bytes (${bytesText(bytes)})`
}
