import type { Packet } from '../packet.ts'
import { markProtocol, Protocol } from '../protocol-set.ts'
import { isCaptured } from './cursor.ts'
import { LAYER_DONE, LAYER_ETHERNET, LAYER_IP, LAYER_IP_PROTOCOL } from './layer.ts'
import { STOP_CUT, STOP_FRAGMENT, STOP_TUNNEL, stop } from './stop-reasons.ts'
import { decodeWlan } from './wlan.ts'

const TZSP_ETHERNET = 1
const TZSP_WLAN = 18
const TAG_PADDING = 0
const TAG_END = 1
const CAPWAP_IS_WLAN = 0x01
const CAPWAP_IS_FRAGMENT = 0x80
const CAPWAP_IS_KEEP_ALIVE = 0x08
const AYIYA_FORWARD = 1

/** TaZmen Sniffer Protocol: mirrored frames behind a list of tags. */
export function decodeTzsp(packet: Packet): number {
  if (!isCaptured(packet, 5)) return LAYER_DONE
  const { data } = packet
  const kind = data[packet.offset + 3]
  packet.offset += 4
  while (isCaptured(packet, 2)) {
    const tag = data[packet.offset++]
    if (tag === TAG_END) {
      if (kind === TZSP_WLAN) return decodeWlan(packet, false)
      return kind === TZSP_ETHERNET ? LAYER_ETHERNET : stop(packet, STOP_TUNNEL)
    }
    if (tag !== TAG_PADDING) packet.offset += 1 + data[packet.offset]
  }
  return stop(packet, STOP_CUT)
}

/** CAPWAP data channel (RFC 5415 §4.3). Access points send the two bytes of 802.11 frame control in the other order. */
export function decodeCapwapData(packet: Packet): number {
  markProtocol(packet, Protocol.capwap)
  if (!isCaptured(packet, 8)) return stop(packet, STOP_CUT)
  const { data, offset } = packet
  if (data[offset] !== 0) return LAYER_DONE // encrypted, or another version
  const flags = data[offset + 3]
  if ((flags & CAPWAP_IS_KEEP_ALIVE) !== 0) return LAYER_DONE
  if ((flags & CAPWAP_IS_FRAGMENT) !== 0) return stop(packet, STOP_FRAGMENT)
  const headerLength = (data[offset + 1] >> 3) * 4
  if (!isCaptured(packet, headerLength)) return stop(packet, STOP_CUT)
  packet.offset += headerLength
  return (data[offset + 2] & CAPWAP_IS_WLAN) !== 0 ? decodeWlan(packet, false, true) : LAYER_ETHERNET
}

/** LISP data (RFC 9300 §5.3). */
export function decodeLisp(packet: Packet): number {
  if (!isCaptured(packet, 9)) return stop(packet, STOP_CUT)
  packet.offset += 8
  return LAYER_IP
}

/** AYIYA (draft-massar-v6ops-ayiya): a header, an identity and a signature whose lengths it tells. */
export function decodeAyiya(packet: Packet): number {
  if (!isCaptured(packet, 8)) return stop(packet, STOP_CUT)
  const { data, offset } = packet
  const length = 8 + 2 ** (data[offset] >> 4) + 4 * (data[offset + 1] >> 4)
  if ((data[offset + 2] & 0xf) !== AYIYA_FORWARD) return LAYER_DONE
  if (!isCaptured(packet, length)) return stop(packet, STOP_CUT)
  packet.ipProtocol = data[offset + 3]
  packet.offset += length
  return LAYER_IP_PROTOCOL
}
