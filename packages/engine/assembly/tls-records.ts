// Records of TLS that hold application data (RFC 8446 §5.1): the host only wants to know which frames end one, so the core walks them.

import { Connection, Reading } from './connection'
import { newSlabs, Slabs } from './memory'

const HEADER_BYTES: u64 = 5
const ALERT = 21
const APPLICATION_DATA = 23
const ALERT_IN_THE_CLEAR = 2
const FIRST_TYPE = 20
const LAST_TYPE = 25
/** Versions of the record layer: SSL 3.0 to TLS 1.2, which TLS 1.3 keeps, and TLCP. */
const LEAST_VERSION = 0x0300
const MOST_VERSION = 0x0303
const TLCP_VERSION = 0x0101
const IS_HOSTS = -1
const IS_NO_RECORD = -2
const MOST_SEQUENCE: u64 = 0xffffffff

/** The host remembers so many records over several segments, start and end of each; the order is that of src/march/stream-connections.ts. */
const MOST_ENDED = 16
const RANGE_BYTES = 8

let lists: Slabs = changetype<Slabs>(0)

export function initRecords(): void {
  lists = newSlabs(MOST_ENDED * RANGE_BYTES)
}

/**
 * Takes the payload `[position, end)` of a whole segment. `reading.next` is what comes next within the record that ends at
 * `reading.until`; both are the same between records. With `restToo` what is no record is passed over to the end of the segment. Returns
 * how often it touched the start or the end of a record, or such a rest; 0 when it lies within one, and -1, with nothing changed, when it is the host's.
 */
export function passRecords(reading: Reading, position: u32, end: u64, payload: usize, restToo: bool): i32 {
  const isBetween = reading.next === reading.until
  if (isBetween ? position < reading.next : position !== reading.next) return IS_HOSTS
  if (end >= MOST_SEQUENCE) return IS_HOSTS
  if (!isBetween && end < <u64>reading.until) {
    reading.next = <u32>end
    return 0
  }
  let at: u64 = isBetween ? <u64>position : <u64>reading.until
  let start = at
  let touched = i32(!isBetween)
  while (at < end) {
    const length = lengthOfUnread(payload + <usize>(at - <u64>position), end - at)
    touched++
    start = at
    if (length === IS_NO_RECORD && restToo) {
      at = end
      break
    }
    if (length < 0) return IS_HOSTS
    at += HEADER_BYTES + <u64>length
    if (at >= MOST_SEQUENCE) return IS_HOSTS
  }
  if (!isBetween) noteEnded(reading)
  reading.start = <u32>start
  reading.next = <u32>end
  reading.until = <u32>at
  return touched
}

/** Length of the record's content when nobody reads it and its header is there. */
function lengthOfUnread(record: usize, there: u64): i32 {
  if (there < HEADER_BYTES) return IS_HOSTS
  const type = <i32>load<u8>(record)
  const version = <i32>bswap<u16>(load<u16>(record, 1))
  const length = <i32>bswap<u16>(load<u16>(record, 3))
  const isKnown = (version >= LEAST_VERSION && version <= MOST_VERSION) || version === TLCP_VERSION
  if (type < FIRST_TYPE || type > LAST_TYPE || !isKnown) return isText(record) ? IS_HOSTS : IS_NO_RECORD
  return type === APPLICATION_DATA || (type === ALERT && length !== ALERT_IN_THE_CLEAR) ? length : IS_HOSTS
}

/** True when the first four bytes are printable: then the bytes may be another protocol's. */
function isText(at: usize): bool {
  for (let i: usize = 0; i < 4; i++) {
    const byte = load<u8>(at + i)
    if (byte < 0x20 || byte > 0x7e) return false
  }
  return true
}

/** A record that took several segments has ended: the host knows repeats of it by that. */
function noteEnded(reading: Reading): void {
  if (reading.list === 0) reading.list = lists.take() + 1
  const range = endedAt(reading) + <usize>(reading.ended % MOST_ENDED) * RANGE_BYTES
  store<u32>(range, reading.start)
  store<u32>(range, reading.until, 4)
  reading.ended++
}

/** Where the ranges are; the one counted n-th stands at n modulo {@link MOST_ENDED}. */
export function endedAt(reading: Reading): usize {
  return lists.at(reading.list - 1)
}

/** Gives back what a connection that is forgotten had noted. */
export function forgetRecords(connection: Connection): void {
  for (let direction = 0; direction < 2; direction++) {
    const reading = connection.reading(direction)
    if (reading.list !== 0) lists.give(reading.list - 1)
    reading.list = 0
  }
}
