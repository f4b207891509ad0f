import { Connection } from './connection'
import { TCP_FIN, TCP_RST, TCP_SYN } from './flags'
import { Flow } from './flow-table'
import { mayBeGuessed } from './guessed-datagrams'
import { Header } from './header'
import { Segment } from './segment'
import { passRecords } from './tls-records'

// How far the host wants to see what one direction of a connection sends, set by it; the order is that of src/march/stream-connections.ts.
/** It reads every payload: the value of a new connection. */
export const READS = 0
/** It reads nothing. */
export const PASSES = 1
/** It only names the frames of what lies behind a number. */
export const NAMES = 2
/** It passes over what comes in order up to a number, as in the body of a message. */
export const SKIPS = 3
/** It only names the frames that end records of TLS, as long as those hold application data. */
export const RECORDS = 4
/** The same, and frames where a record should begin and does not. */
export const RECORDS_OR_REST = 5


// How far it looks into the datagrams of a flow, where that is not all of them; the order is that of src/march/datagram-flows.ts.
/** It only names those that begin with a bit that is not set, as packets of QUIC with a short header do. */
const NAMES_SHORT_HEADERS = 1
/** It guesses by content what they are, and sees nothing in most. */
const GUESSES = 2
const LONG_HEADER = 0x80

const KIND_MASK = 0xff
const PROTOCOL_SHIFT = 8
const PROTOCOL_MASK = 0xff
/** It waits for the end of the direction, as that of a message without a length: bare FINs are its too. */
const HEARS_FIN = 1 << 16
const SYN_FIN_RST = TCP_SYN | TCP_FIN | TCP_RST

/** Protocol that names the frame passed over last; -1 when none does. */
export let namedProtocol: i32 = -1

/** True when nobody reads the segment's payload; then what the host would have done with it is done. */
export function isPassedOver(header: Header, segment: Segment, connection: Connection, payload: usize, captured: i32): bool {
  namedProtocol = -1
  if ((header.tcpFlags & TCP_RST) !== 0) return true
  const reading = connection.reading(segment.direction)
  if (captured <= 0) return (header.tcpFlags & TCP_FIN) === 0 || (reading.interest & HEARS_FIN) === 0
  const kind = reading.interest & KIND_MASK
  if (kind === PASSES) return true
  if (kind === READS || segment.flags !== 0 || (header.tcpFlags & TCP_SYN) !== 0) return false
  const position = <u32>segment.relativeSequence
  if (kind === NAMES) {
    if (position < reading.next) return false
    namedProtocol = protocolOf(reading.interest)
    return true
  }
  if ((header.tcpFlags & SYN_FIN_RST) !== 0 || captured !== header.payloadLength) return false
  const end = <u64>position + <u64>captured
  if (kind >= RECORDS) {
    const touched = passRecords(reading, position, end, payload, kind === RECORDS_OR_REST)
    if (touched > 0) namedProtocol = protocolOf(reading.interest)
    return touched >= 0
  }
  if (position !== reading.next || end >= <u64>reading.until) return false
  reading.next = <u32>end
  return true
}

/** The same for a datagram; `captured` bytes of it are there. */
export function isDatagramPassedOver(flow: Flow, payload: usize, captured: i32): bool {
  const interest = flow.interest
  const kind = interest & KIND_MASK
  namedProtocol = -1
  if (kind === GUESSES) return !mayBeGuessed(payload, captured)
  if (kind !== NAMES_SHORT_HEADERS || captured <= 0 || (load<u8>(payload) & LONG_HEADER) !== 0) return false
  namedProtocol = protocolOf(interest)
  return true
}

@inline
function protocolOf(interest: i32): i32 {
  return (interest >> PROTOCOL_SHIFT) & PROTOCOL_MASK
}
