import { FragmentTable } from '../flow/fragments.ts'
import type { Packet } from '../packet.ts'
import { markProtocol, Protocol } from '../protocol-set.ts'
import { capLength, int32, isCaptured, uint16 } from './cursor.ts'
import { decodeEthernet, decodeEtherType, decodeLlc } from './ethernet.ts'
import { decodeGre } from './gre.ts'
import { decodeIp, decodeIpv4 } from './ipv4.ts'
import { decodeExtensionHeaders, decodeIpv6 } from './ipv6.ts'
import * as layer from './layer.ts'
import { decodeLink } from './link.ts'
import { decodeMpls } from './mpls.ts'
import { decodePlainIp } from './plain-ip.ts'
import { decodePpp, decodePppoeSession } from './ppp.ts'
import { STOP_CUT, STOP_IP_PROTOCOL, STOP_NESTING, stop } from './stop-reasons.ts'
import { decodeTcp } from './tcp.ts'
import { decodeUdp } from './udp.ts'
import { decodeUdpTunnel } from './udp-tunnels.ts'
import { decodeWlan } from './wlan.ts'

/** Who is told of each header that ends a chain, as the walk reaches it: outer headers before inner ones. */
export interface WalkListener {
  tcp(packet: Packet): void
  udp(packet: Packet): void
  /** The cursor stands at the ICMP header; `version` is 4 or 6. */
  icmp(packet: Packet, version: 4 | 6): void
  arp(packet: Packet): void
}

const IP_TCP = 6
const IP_UDP = 17
const ICMP_HEADER_BYTES = 8
/** Bytes that must be there for tshark to show an ICMP message. */
const SHOWN_ICMP_BYTES = 6
const SCTP_HEADER_BYTES = 12
const ICMP_REDIRECT = 5
const REDIRECT_QUOTED_BYTES = 8
const DNS_BIT = 1 << Protocol.dns
const IPSEC_NAT_PORT = 4500
/** Version 2, type 1. */
const PIM_REGISTER = 0x21
const PIM_REGISTER_BYTES = 8
const MSDU_HEADER_BYTES = 14

/**
 * Walks a frame from its link header to its last transport header, into tunnels and reassembled datagrams.
 *
 * Lax: what was understood stays, and why the walk ended is in `packet.stopReason`. O(headers) a frame, at most `maxLayers`.
 */
export class FrameWalk {
  readonly fragments: FragmentTable
  private readonly listener: WalkListener
  private readonly maxLayers: number

  constructor(listener: WalkListener, limits: { maxLayers: number; maxFragmentBytes: number }) {
    this.listener = listener
    this.maxLayers = limits.maxLayers
    this.fragments = new FragmentTable(limits.maxFragmentBytes)
  }

  walk(packet: Packet): void {
    packet.beginDecoding()
    this.follow(packet, decodePlainIp(packet) ? this.ipProtocol(packet) : decodeLink(packet))
  }

  private follow(packet: Packet, first: number): void {
    let next = first
    while (next !== layer.LAYER_DONE) {
      if (++packet.layerCount > this.maxLayers) {
        stop(packet, STOP_NESTING)
        return
      }
      next = this.step(packet, next)
    }
  }

  private step(packet: Packet, next: number): number {
    switch (next) {
      case layer.LAYER_ETHERTYPE:
        return decodeEtherType(packet)
      case layer.LAYER_IPV4:
        return decodeIpv4(packet, this.fragments)
      case layer.LAYER_IPV6:
        return decodeIpv6(packet, this.fragments)
      case layer.LAYER_IP_PROTOCOL:
        return this.ipProtocol(packet)
      case layer.LAYER_IP:
        return decodeIp(packet)
      case layer.LAYER_ETHERNET:
        return decodeEthernet(packet)
      case layer.LAYER_LLC:
        return decodeLlc(packet)
      case layer.LAYER_ARP:
        if (isCaptured(packet, 2)) markProtocol(packet, Protocol.arp)
        this.listener.arp(packet)
        return layer.LAYER_DONE
      case layer.LAYER_MPLS:
        return decodeMpls(packet)
      case layer.LAYER_PPP:
        return decodePpp(packet)
      case layer.LAYER_PPPOE:
        return decodePppoeSession(packet)
      case layer.LAYER_WLAN:
        return decodeWlan(packet, false)
      case layer.LAYER_AGGREGATE:
        return this.aggregate(packet)
      case layer.LAYER_GRE:
        return decodeGre(packet)
      default:
        return layer.LAYER_DONE
    }
  }

  /** Dispatch on the protocol number of an IP header (IANA protocol numbers); the cursor stands behind the header. */
  private ipProtocol(packet: Packet): number {
    switch (packet.ipProtocol) {
      case 6:
        if (decodeTcp(packet)) this.listener.tcp(packet)
        return layer.LAYER_DONE
      case 17:
        return this.udp(packet)
      case 136:
        markProtocol(packet, Protocol.udplite)
        return layer.LAYER_DONE
      case 1:
        return this.icmp(packet, 4)
      case 58:
        return this.icmp(packet, 6)
      case 2:
        if (isCaptured(packet, 1)) markProtocol(packet, Protocol.igmp)
        return layer.LAYER_DONE
      case 4:
        return layer.LAYER_IPV4
      case 41:
        return layer.LAYER_IPV6
      case 47:
        return layer.LAYER_GRE
      case 43:
      case 44:
      case 60:
      case 140:
        return decodeExtensionHeaders(packet, this.fragments, packet.ipProtocol)
      case 50:
        markProtocol(packet, Protocol.esp)
        return layer.LAYER_DONE
      case 51:
        return this.authenticationHeader(packet)
      case 97:
        markProtocol(packet, Protocol.etherip)
        packet.offset += 2
        return layer.LAYER_ETHERNET
      case 132:
        if (isCaptured(packet, SCTP_HEADER_BYTES)) markProtocol(packet, Protocol.sctp)
        return layer.LAYER_DONE
      case 137:
        return layer.LAYER_MPLS
      case 33:
        markProtocol(packet, Protocol.dccp)
        return layer.LAYER_DONE
      case 88:
        markProtocol(packet, Protocol.eigrp)
        return layer.LAYER_DONE
      case 89:
        markProtocol(packet, Protocol.ospf)
        return layer.LAYER_DONE
      case 103:
        return decodePim(packet)
      case 112:
        markProtocol(packet, Protocol.vrrp)
        return layer.LAYER_DONE
      case 143:
        return layer.LAYER_ETHERNET
      default:
        return stop(packet, STOP_IP_PROTOCOL)
    }
  }

  private udp(packet: Packet): number {
    if (!decodeUdp(packet)) return layer.LAYER_DONE
    this.listener.udp(packet)
    if (packet.sourcePort === IPSEC_NAT_PORT || packet.destinationPort === IPSEC_NAT_PORT) markNatTraversal(packet)
    if (packet.payloadEnd <= packet.payloadStart) return layer.LAYER_DONE
    return decodeUdpTunnel(packet)
  }

  /** Aggregate of 802.11 service data units (802.11 §9.3.2.2.2): each is padded to four bytes, but the last. */
  private aggregate(packet: Packet): number {
    const { data, dataView, dataEnd, reportedEnd, protocolsLow, protocolsHigh } = packet
    // the frame's own bytes may move when the listener makes memory grow
    const isFrame = data === packet.bytes
    while (isCaptured(packet, MSDU_HEADER_BYTES)) {
      const { offset } = packet
      const length = uint16(packet.data, offset + 12)
      const end = offset + ((MSDU_HEADER_BYTES + length + 3) & ~3)
      packet.offset += MSDU_HEADER_BYTES
      capLength(packet, length)
      this.follow(packet, layer.LAYER_LLC)
      packet.data = isFrame ? packet.bytes : data
      packet.dataView = isFrame ? packet.view : dataView
      packet.dataEnd = dataEnd
      packet.reportedEnd = reportedEnd
      packet.offset = end
    }
    // tshark's protocol hierarchy does not look into an aggregate
    packet.protocolsLow = protocolsLow
    packet.protocolsHigh = protocolsHigh
    return layer.LAYER_DONE
  }

  /** Authentication header (RFC 4302 §2): in clear, so the walk goes on behind it. */
  private authenticationHeader(packet: Packet): number {
    // in IPv6 it is one of the extension headers, which are no protocols of their own
    if (packet.ipLayers[packet.ipLayerStart] === 4 && isCaptured(packet, 2)) markProtocol(packet, Protocol.ah)
    if (!isCaptured(packet, 12)) return stop(packet, STOP_CUT)
    const length = (packet.data[packet.offset + 1] + 2) * 4
    if (!isCaptured(packet, length)) return stop(packet, STOP_CUT)
    packet.ipProtocol = packet.data[packet.offset]
    packet.offset += length
    return layer.LAYER_IP_PROTOCOL
  }

  /** ICMP (RFC 792) and ICMPv6 (RFC 4443). Errors quote the packet they are about, and the walk follows the quotation. */
  private icmp(packet: Packet, version: 4 | 6): number {
    if (packet.isQuoted) return layer.LAYER_DONE
    if (version === 6) markProtocol(packet, Protocol.icmpv6)
    else if (isCaptured(packet, SHOWN_ICMP_BYTES)) markProtocol(packet, Protocol.icmp)
    if (!isCaptured(packet, version === 4 ? SHOWN_ICMP_BYTES : 4)) return stop(packet, STOP_CUT)
    this.listener.icmp(packet, version)
    const type = packet.data[packet.offset]
    const isError =
      version === 4 ? type === 3 || type === 4 || type === 5 || type === 11 || type === 12 : type >= 1 && type <= 4
    if (!isError || !isCaptured(packet, ICMP_HEADER_BYTES + 1)) return layer.LAYER_DONE
    packet.offset += ICMP_HEADER_BYTES
    if (version === 4 && type === ICMP_REDIRECT) capRedirect(packet)
    this.quotation(packet, version === 4 ? layer.LAYER_IPV4 : layer.LAYER_IPV6)
    return layer.LAYER_DONE
  }

  /** Follows a quoted packet; nothing in it counts as traffic of this frame. */
  private quotation(packet: Packet, first: number): void {
    const { protocolsLow, protocolsHigh, ipLayerCount, stopReason, stopOffset, vlanCount } = packet
    packet.isQuoted = true
    packet.lengthKnown = false
    packet.ipProtocol = 0
    packet.payloadStart = -1
    this.follow(packet, first)
    // but tshark's protocol hierarchy shows a quoted DNS message, and nothing of a frame whose quotation ends before what is read of it
    packet.isInHierarchy = packet.dataEnd >= packet.reportedEnd || isReadableQuotation(packet)
    packet.protocolsLow = protocolsLow | (packet.protocolsLow & DNS_BIT)
    packet.protocolsHigh = protocolsHigh
    packet.ipLayerCount = ipLayerCount
    packet.stopReason = stopReason
    packet.stopOffset = stopOffset
    packet.vlanCount = vlanCount
  }
}

/** True when a quotation that was cut has what tshark reads: of TCP and UDP no more than the header, of others at least its beginning. */
function isReadableQuotation({ ipProtocol, offset, payloadStart, dataEnd }: Packet): boolean {
  if (ipProtocol === IP_TCP || ipProtocol === IP_UDP) return payloadStart === dataEnd
  return ipProtocol !== 0 && dataEnd - offset >= ICMP_HEADER_BYTES
}

/** A redirect quotes the IP header and eight bytes; what follows is not read (RFC 792). */
function capRedirect(packet: Packet): void {
  capLength(packet, (packet.data[packet.offset] & 0xf) * 4 + REDIRECT_QUOTED_BYTES)
}

/** PIM (RFC 7761 §4.9); register messages carry a multicast packet to the rendezvous point. */
function decodePim(packet: Packet): number {
  markProtocol(packet, Protocol.pim)
  if (!isCaptured(packet, PIM_REGISTER_BYTES + 1) || packet.data[packet.offset] !== PIM_REGISTER)
    return layer.LAYER_DONE
  const version = packet.data[packet.offset + PIM_REGISTER_BYTES] >> 4
  packet.offset += PIM_REGISTER_BYTES
  if (version === 4) return layer.LAYER_IPV4
  return version === 6 ? layer.LAYER_IPV6 : layer.LAYER_DONE
}

/** ESP in UDP (RFC 3948 §2): four bytes that are not zero; zero announces IKE, a single 0xff byte is a keep-alive. */
function markNatTraversal(packet: Packet): void {
  if (isCaptured(packet, 4) && int32(packet.data, packet.offset) !== 0) markProtocol(packet, Protocol.esp)
}
