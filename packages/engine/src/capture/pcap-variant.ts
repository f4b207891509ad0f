import type { ByteWindow } from './byte-window.ts'
import { maxPacketLength } from './packet-length.ts'
import type { PcapHeader } from './pcap-header.ts'

const RECORDS_TO_JUDGE = 3
const MAX_WIRE_LENGTH = 128 << 20

/** Weight of a record that cannot be read at all, against 1 for a field that is merely odd. */
const UNREADABLE = 4

const NEED_MORE = -1

/**
 * Size of the record headers: files with the same magic come from programs that put more into it, so the candidate under which the
 * first three records are the most plausible is taken, the usual one in doubt. 0 when more bytes are needed to tell.
 */
export function chooseRecordHeaderLength(window: ByteWindow, header: PcapHeader): number {
  const [usual = 16, ...others] = header.recordHeaderLengths
  if (others.length === 0 || maxPacketLength(header.linkType) > maxPacketLength(1)) return usual
  let best = usual
  let fewest = countOddities(window, header, usual)
  if (fewest === NEED_MORE) return 0
  for (const candidate of fewest === 0 ? [] : others) {
    const oddities = countOddities(window, header, candidate)
    if (oddities === NEED_MORE) return 0
    if (oddities < fewest) {
      best = candidate
      fewest = oddities
    }
  }
  return best
}

/** A file that is cut short counts as no oddity: that is far more common than a rare format. */
function countOddities(window: ByteWindow, header: PcapHeader, recordHeaderLength: number): number {
  const { view, end } = window
  const littleEndian = header.littleEndian
  let oddities = 0
  let at = window.start
  for (let record = 0; record < RECORDS_TO_JUDGE; record++) {
    if (at + recordHeaderLength > end) return window.ended ? oddities : NEED_MORE
    const first = view.getUint32(at + 8, littleEndian)
    const second = view.getUint32(at + 12, littleEndian)
    const swapped = header.lengthsSwapped === 'always' || (header.lengthsSwapped !== 'never' && first > second)
    const captured = swapped ? second : first
    const wire = swapped ? first : second
    if (view.getUint32(at + 4, littleEndian) >= header.unitsPerSecond) oddities++
    if (captured > wire) oddities++
    if (wire > MAX_WIRE_LENGTH) oddities++
    if (captured > maxPacketLength(header.linkType)) return oddities + UNREADABLE * (RECORDS_TO_JUDGE - record)
    at += recordHeaderLength + captured
    if (at > end) return window.ended ? oddities : NEED_MORE
  }
  return oddities
}
