import type { Packet } from '../packet.ts'
import { markProtocol, Protocol } from '../protocol-set.ts'
import { isCaptured, uint16 } from './cursor.ts'
import { LAYER_AGGREGATE, LAYER_LLC, LAYER_WLAN } from './layer.ts'
import { STOP_CUT, STOP_ENCRYPTED, STOP_FRAGMENT, STOP_LINK_TYPE, STOP_NO_DATA, stop } from './stop-reasons.ts'

const WLAN = Protocol.wlan
const RADIOTAP = Protocol.radiotap
const TYPE_DATA = 2
const SUBTYPE_NO_DATA = 4
const SUBTYPE_QOS = 8
const TO_AND_FROM_DS = 3
const PROTECTED = 0x40
const ORDER = 0x80
const AGGREGATE_OF_MSDUS = 0x80
const MORE_FRAGMENTS = 0x04
const FRAGMENT_NUMBER = 0x0f
const PRISM_MESSAGES: readonly number[] = [0x41, 0x44]
const RADIOTAP_FLAGS_PADDED = 0x20

/** IEEE 802.11 frame (802.11 §9.2); only unprotected data frames carry packets. */
export function decodeWlan(packet: Packet, isPadded: boolean, isSwapped = false): number {
  markProtocol(packet, WLAN)
  if (!isCaptured(packet, 24)) return stop(packet, isCaptured(packet, 10) ? STOP_NO_DATA : STOP_CUT)
  const control = packet.data[packet.offset + (isSwapped ? 1 : 0)]
  const flags = packet.data[packet.offset + (isSwapped ? 0 : 1)]
  const subtype = control >> 4
  if (((control >> 2) & 3) !== TYPE_DATA || (subtype & SUBTYPE_NO_DATA) !== 0) return stop(packet, STOP_NO_DATA)
  let length = (flags & TO_AND_FROM_DS) === TO_AND_FROM_DS ? 30 : 24
  let isAggregate = false
  if ((subtype & SUBTYPE_QOS) !== 0) {
    if (!isCaptured(packet, length + 2)) return stop(packet, STOP_CUT)
    isAggregate = (packet.data[packet.offset + length] & AGGREGATE_OF_MSDUS) !== 0
    length += (flags & ORDER) !== 0 ? 6 : 2
  }
  if ((flags & PROTECTED) !== 0) return stop(packet, STOP_ENCRYPTED)
  if ((flags & MORE_FRAGMENTS) !== 0 || (packet.data[packet.offset + 22] & FRAGMENT_NUMBER) !== 0)
    return stop(packet, STOP_FRAGMENT)
  if (isPadded) length = (length + 3) & ~3
  packet.offset += length
  return isAggregate ? LAYER_AGGREGATE : LAYER_LLC
}

/** Radiotap header (radiotap.org): its length, and whether the 802.11 header behind it is padded to four bytes. */
export function decodeRadiotap(packet: Packet): number {
  markProtocol(packet, RADIOTAP)
  if (!isCaptured(packet, 8)) return stop(packet, STOP_CUT)
  const { data, offset } = packet
  const length = data[offset + 2] | (data[offset + 3] << 8)
  const isPadded = (radiotapFlags(packet, length) & RADIOTAP_FLAGS_PADDED) !== 0
  packet.offset += length
  return isPadded ? decodeWlan(packet, true) : LAYER_WLAN
}

/** The flags field of a radiotap header; 0 when it has none. */
function radiotapFlags(packet: Packet, length: number): number {
  const { data, offset } = packet
  const present = data[offset + 4]
  let field = offset + 8
  for (let word = offset + 7; (data[word] & 0x80) !== 0 && word + 4 < packet.dataEnd; word += 4) field += 4
  if ((present & 2) === 0) return 0
  if ((present & 1) !== 0) field = offset + ((field - offset + 7) & ~7) + 8
  return field < offset + length && field < packet.dataEnd ? data[field] : 0
}

/** AVS and Prism capture headers in front of 802.11. */
export function decodeOldWlanHeader(packet: Packet): number {
  if (!isCaptured(packet, 8)) return stop(packet, STOP_CUT)
  const isAvs = uint16(packet.data, packet.offset) === 0x8021
  const isBigEndian = isAvs || PRISM_MESSAGES.includes(packet.dataView.getUint32(packet.offset))
  const length = packet.dataView.getUint32(packet.offset + 4, !isBigEndian)
  if (length > 1024) return stop(packet, STOP_LINK_TYPE)
  packet.offset += length
  return LAYER_WLAN
}
