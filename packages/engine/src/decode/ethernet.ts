import { type Packet, SERVICE_TAG } from '../packet.ts'
import { markProtocol, Protocol } from '../protocol-set.ts'
import { capLength, isCaptured, uint16 } from './cursor.ts'
import {
  LAYER_ARP,
  LAYER_DONE,
  LAYER_ERSPAN,
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_LLC,
  LAYER_MPLS,
  LAYER_PPPOE,
} from './layer.ts'
import { STOP_CUT, STOP_ETHERTYPE, STOP_LLC, stop } from './stop-reasons.ts'

const ETHERNET_HEADER_BYTES = 14
const MOST_802_3_LENGTH = 1500
const LEAST_ETHERTYPE = 1536
const UNNUMBERED_INFORMATION = 0x03
/** RFC 2427 §4.2: bridged Ethernet stands behind two bytes of padding. */
const BRIDGED_PADDING_BYTES = 2

const ETH = Protocol.eth
const VLAN = Protocol.vlan
const SERVICE_VLAN = Protocol.ieee8021ad
const LLC = Protocol.llc
const IP = Protocol.ip

/** Ethernet II or 802.3 (IEEE 802.3 §3.2). */
export function decodeEthernet(packet: Packet): number {
  if (!isCaptured(packet, ETHERNET_HEADER_BYTES)) return stop(packet, STOP_CUT)
  markProtocol(packet, ETH)
  packet.offset += 12
  return decodeLengthOrType(packet)
}

/** The two bytes that are an EtherType or the length of an 802.3 frame, at the cursor. */
export function decodeLengthOrType(packet: Packet): number {
  if (!isCaptured(packet, 2)) return stop(packet, STOP_CUT)
  const value = uint16(packet.data, packet.offset)
  if (value >= LEAST_ETHERTYPE) return LAYER_ETHERTYPE
  packet.offset += 2
  if (value > MOST_802_3_LENGTH) return stop(packet, STOP_ETHERTYPE)
  capLength(packet, value)
  return LAYER_LLC
}

/** The EtherType at the cursor; the header it announces follows it. */
export function decodeEtherType(packet: Packet): number {
  if (!isCaptured(packet, 2)) return stop(packet, STOP_CUT)
  const type = uint16(packet.data, packet.offset)
  packet.offset += 2
  return layerOfEtherType(packet, type)
}

/** Dispatch on an EtherType (IEEE 802 numbers); the cursor stands behind it. */
export function layerOfEtherType(packet: Packet, type: number): number {
  switch (type) {
    case 0x0800:
      if (isCaptured(packet, 1)) markProtocol(packet, IP) // whatever version follows
      return LAYER_IPV4
    case 0x86dd:
      return LAYER_IPV6
    case 0x0806:
    case 0x8035: // RARP has the same shape
      return LAYER_ARP
    case 0x8100:
    case 0x9100:
      return decodeVlanTag(packet, VLAN, 0)
    case 0x88a8:
      return decodeVlanTag(packet, SERVICE_VLAN, SERVICE_TAG)
    case 0x88e7: // backbone service tag with the customer's addresses (IEEE 802.1ah)
      return skipTag(packet, 16)
    case 0x893f: // bridge port extension (IEEE 802.1BR)
    case 0x8909: // Cisco metadata
      return skipTag(packet, 6)
    case 0x8847:
    case 0x8848:
      return LAYER_MPLS
    case 0x8863:
      if (isCaptured(packet, 6)) markProtocol(packet, Protocol.pppoed)
      return LAYER_DONE
    case 0x8864:
      return LAYER_PPPOE
    case 0x88be:
    case 0x22eb:
      packet.ipProtocol = type
      return LAYER_ERSPAN
    case 0x6558:
      return LAYER_ETHERNET
    case 0x888e:
      markProtocol(packet, Protocol.eapol)
      return LAYER_DONE
    case 0x88cc:
      markProtocol(packet, Protocol.lldp)
      return LAYER_DONE
    case 0x0842:
      markProtocol(packet, Protocol.wol)
      return LAYER_DONE
    default:
      return stop(packet, STOP_ETHERTYPE)
  }
}

/** Goes past a tag that says nothing about addresses, to the EtherType behind it. */
function skipTag(packet: Packet, length: number): number {
  if (!isCaptured(packet, length)) return stop(packet, STOP_CUT)
  packet.offset += length
  return decodeLengthOrType(packet)
}

/** One 802.1Q or 802.1ad tag; any number of them may follow each other (IEEE 802.1Q §9). */
function decodeVlanTag(packet: Packet, protocol: number, mark: number): number {
  if (isCaptured(packet, 2)) markProtocol(packet, protocol)
  if (!isCaptured(packet, 4)) return stop(packet, STOP_CUT)
  if (packet.vlanCount < packet.vlanIds.length) {
    packet.vlanIds[packet.vlanCount++] = (uint16(packet.data, packet.offset) & 0xfff) | mark
  }
  packet.offset += 2
  return decodeLengthOrType(packet)
}

/** IEEE 802.2 LLC, with SNAP, at the cursor. */
export function decodeLlc(packet: Packet): number {
  markProtocol(packet, LLC)
  if (!isCaptured(packet, 3)) return stop(packet, STOP_CUT)
  const { data, offset } = packet
  const destination = data[offset]
  const control = data[offset + 2]
  // numbered information and supervision have two bytes of control (IEEE 802.2 §5.2)
  packet.offset += (control & 3) === 3 ? 3 : 4
  if (control !== UNNUMBERED_INFORMATION && (control & 1) === 1) return stop(packet, STOP_LLC)
  if (packet.offset >= packet.reportedEnd) return LAYER_DONE
  switch (destination) {
    case 0x06:
      return LAYER_IPV4
    case 0x42:
      markProtocol(packet, Protocol.stp)
      return LAYER_DONE
    case 0xaa:
      return data[offset + 1] === 0xaa ? decodeSnap(packet) : stop(packet, STOP_LLC)
    case 0xfe:
      return decodeNetworkLayerId(packet)
    default:
      return stop(packet, STOP_LLC)
  }
}

/** SNAP (RFC 1042): an organization and what it calls its protocols, at the cursor. */
function decodeSnap(packet: Packet): number {
  if (!isCaptured(packet, 5)) return stop(packet, STOP_CUT)
  const { data, offset } = packet
  const organization = (data[offset] << 16) | uint16(data, offset + 1)
  const type = uint16(data, offset + 3)
  packet.offset += 3
  if (organization === 0 || organization === 0x0000f8) return LAYER_ETHERTYPE
  packet.offset += 2
  if (organization === 0x0080c2 && (type === 1 || type === 7)) {
    packet.offset += BRIDGED_PADDING_BYTES
    return LAYER_ETHERNET
  }
  if (organization === 0x00000c && type === 0x2000) markProtocol(packet, Protocol.cdp)
  return stop(packet, STOP_LLC)
}

/** Network layer protocol identifier (ISO/IEC 9577), at the cursor. */
function decodeNetworkLayerId(packet: Packet): number {
  if (!isCaptured(packet, 1)) return stop(packet, STOP_CUT)
  const id = packet.data[packet.offset++]
  if (id === 0xcc) return LAYER_IPV4
  return id === 0x8e ? LAYER_IPV6 : stop(packet, STOP_LLC)
}
