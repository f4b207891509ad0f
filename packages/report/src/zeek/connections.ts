import {
  addressText,
  type Flow,
  hasProtocol,
  type IcmpMessage,
  IP_LAYER_WORDS,
  type Packet,
  Protocol,
  type Segment,
} from '@pcap-analyzer/engine/observe'
import { communityId } from './community-id.ts'
import { Connection } from './connection.ts'
import { speaksAsServer } from './likely-servers.ts'
import { uidOf } from './uid.ts'

const SYN = 0x02
const ACK = 0x10
const RST = 0x04
/** Zeek's defaults: a silence that ends a connection, and how long the end of one is waited for. */
const TCP_SILENCE_NS = 300e9
const UDP_SILENCE_NS = 60e9
const ATTEMPT_NS = 5e9
const LINGER_NS = 5e9
const ICMP_HEADER_BYTES = 8
const echoRequests: Readonly<Record<number, number>> = { 0: 8, 129: 128, 14: 13, 16: 15, 18: 17 }

/** Told of a connection that is over, with the Community ID of its flow. */
export type EndListener = (connection: Connection, community: string) => void

/** The originator's address and port, the responder's. */
type Ends = Connection['ends']

/** IP protocols that are told by events of their own: ICMP, TCP, UDP, ICMPv6. */
const transports: readonly number[] = [1, 6, 17, 58]

interface Kept {
  connection: Connection
  community: string
}

/**
 * Connections as Zeek divides traffic into them: by five-tuple, ended by silence or by a new SYN. One a flow is kept; when the flow ends
 * it is told. ICMP conversations have no flow here and are kept by addresses and type.
 */
export class Connections {
  private readonly byFlow = new Map<number, Kept>()
  private readonly byAddresses = new Map<string, Kept>()
  private readonly onEnd: EndListener

  constructor(onEnd: EndListener) {
    this.onEnd = onEnd
  }

  /** Of the last segment or datagram, to which messages belong. */
  current: Connection | null = null
  /** The frame under way had a transport that was counted. */
  private hasTransport = false

  segment(segment: Segment, packet: Packet): void {
    const { tcpFlags, payloadLength, sequence, acknowledgment, window } = packet
    const { kept, side } = this.find('tcp', segment.flow, packet, (connection) => this.isNewTcp(connection, packet))
    kept.connection.takeSegment(side, packet.timeNs, ipBytesOf(packet), {
      flags: tcpFlags,
      sequence,
      acknowledgment,
      payloadLength,
      window,
    })
    this.current = kept.connection
    this.hasTransport = true
  }

  datagram(packet: Packet, flow: number): void {
    const isOver = (connection: Connection) => packet.timeNs - connection.lastTimeNs > UDP_SILENCE_NS
    const { kept, side } = this.find('udp', flow, packet, isOver)
    kept.connection.takeDatagram(side, packet.timeNs, ipBytesOf(packet), packet.payloadLength)
    this.current = kept.connection
    this.hasTransport = true
    if (hasProtocol(packet, Protocol.dhcp)) kept.connection.services.add('dhcp')
    if (hasProtocol(packet, Protocol.ntp)) kept.connection.services.add('ntp')
  }

  icmp(message: IcmpMessage, packet: Packet): void {
    const { ipLayers, ipLayerStart: at, timeNs } = packet
    const { version, type, code } = message
    const source = addressText(ipLayers, at + 1, version)
    const destination = addressText(ipLayers, at + 5, version)
    const request = echoRequests[type]
    const ends: Ends = request === undefined ? [source, type, destination, code] : [destination, request, source, code]
    const protocol = version === 4 ? 1 : 58
    const community = () => communityId(protocol, bytesOf(packet, 1), type, bytesOf(packet, 5), code)
    const { connection } = this.byEnds('icmp', protocol, ends, packet, community)
    const bytes = ipBytesAt(packet, packet.offset)
    const payload = Math.max(0, packet.reportedEnd - packet.offset - ICMP_HEADER_BYTES)
    connection.takeDatagram(request === undefined ? 0 : 1, timeNs, bytes, payload)
    this.hasTransport = true
  }

  /** Counts IP packets of other transports, which have no ports. */
  frame(packet: Packet): void {
    const { ipLayers, ipLayerStart: at, ipLayerCount, ipProtocol, timeNs } = packet
    const isOther = !this.hasTransport && ipLayerCount > 0 && !hasProtocol(packet, Protocol.tcp)
    this.hasTransport = false
    if (!isOther || packet.isFragmentV4 || packet.isFragmentV6 || transports.includes(ipProtocol)) return
    const source = addressText(ipLayers, at + 1, ipLayers[at])
    const destination = addressText(ipLayers, at + 5, ipLayers[at])
    const known = this.byAddresses.has(`${ipProtocol} ${destination} 0 ${source} 0`)
    const ends: Ends = known ? [destination, 0, source, 0] : [source, 0, destination, 0]
    const community = () => communityId(ipProtocol, bytesOf(packet, 1), 0, bytesOf(packet, 5), 0)
    const { connection } = this.byEnds('unknown_transport', ipProtocol, ends, packet, community)
    const payload = Math.max(0, packet.reportedEnd - packet.offset)
    connection.takeDatagram(known ? 1 : 0, timeNs, ipBytesAt(packet, packet.offset), payload)
  }

  flowEnd(flow: Flow): void {
    const kept = this.byFlow.get(flow.index)
    if (kept === undefined) return
    this.byFlow.delete(flow.index)
    this.end(kept)
  }

  /** Tells what is still open; call it after the last frame. */
  finish(): void {
    for (const kept of [...this.byFlow.values(), ...this.byAddresses.values()]) this.end(kept)
    this.byFlow.clear()
    this.byAddresses.clear()
  }

  /** The conversation of these ends, a new one after a silence. */
  private byEnds(
    kind: 'icmp' | 'unknown_transport',
    protocol: number,
    ends: Ends,
    packet: Packet,
    community: () => string,
  ): Kept {
    const key = `${protocol} ${ends.join(' ')}`
    const known = this.byAddresses.get(key)
    if (known !== undefined) {
      if (packet.timeNs - known.connection.lastTimeNs <= UDP_SILENCE_NS) return known
      this.end(known)
    }
    const uid = uidOf(packet.number, ends)
    const connection = new Connection(kind, uid, packet.timeNs, ends, protocol, false)
    const kept = { connection, community: community() }
    this.byAddresses.set(key, kept)
    return kept
  }

  private end({ connection, community }: Kept): void {
    this.onEnd(connection, community)
  }

  private find(
    kind: 'tcp' | 'udp',
    flow: number,
    packet: Packet,
    isOver: (connection: Connection) => boolean,
  ): { kept: Kept; side: 0 | 1 } {
    let kept = this.byFlow.get(flow)
    if (kept !== undefined && isOver(kept.connection)) {
      this.end(kept)
      kept = undefined
    }
    if (kept === undefined) {
      kept = open(kind, packet)
      this.byFlow.set(flow, kept)
    }
    return { kept, side: sideOf(kept.connection, packet) }
  }

  private isNewTcp(connection: Connection, { tcpFlags, timeNs }: Packet): boolean {
    const silenceNs = timeNs - connection.lastTimeNs
    if (silenceNs > TCP_SILENCE_NS) return true
    if (connection.isFinished && silenceNs > LINGER_NS) return true
    const isSyn = (tcpFlags & (SYN | ACK | RST)) === SYN
    if (!isSyn) return false
    if (connection.state === 'S0') return timeNs - connection.firstTimeNs > ATTEMPT_NS
    return connection.isFinished
  }
}

function open(kind: 'tcp' | 'udp', packet: Packet): Kept {
  const { ipLayers, ipLayerStart: at, sourcePort, destinationPort, tcpFlags, timeNs } = packet
  const version = ipLayers[at]
  const source = addressText(ipLayers, at + 1, version)
  const destination = addressText(ipLayers, at + 5, version)
  const isFlipped =
    kind === 'tcp'
      ? (tcpFlags & (SYN | ACK)) === (SYN | ACK) ||
        ((tcpFlags & SYN) === 0 && speaksAsServer('tcp', sourcePort, destinationPort))
      : !isToMany(destination) && speaksAsServer('udp', sourcePort, destinationPort)
  const ends: readonly [string, number, string, number] = isFlipped
    ? [destination, destinationPort, source, sourcePort]
    : [source, sourcePort, destination, destinationPort]
  const protocol = kind === 'tcp' ? 6 : 17
  const community = communityId(protocol, bytesOf(packet, 1), sourcePort, bytesOf(packet, 5), destinationPort)
  return {
    connection: new Connection(kind, uidOf(packet.number, ends), timeNs, ends, protocol, isFlipped),
    community,
  }
}

/** True for addresses that no host can answer from: broadcast and multicast. */
function isToMany(address: string): boolean {
  return address === '255.255.255.255' || /^(22[4-9]|23\d)\.|^ff/i.test(address)
}

/** 0 when the originator sent it. */
function sideOf({ ends: [address, port, peer] }: Connection, packet: Packet): 0 | 1 {
  if (packet.sourcePort !== port) return 1
  if (packet.destinationPort !== port) return 0
  if (address === peer) return 0
  const { ipLayers, ipLayerStart: at } = packet
  return addressText(ipLayers, at + 1, ipLayers[at]) === address ? 0 : 1
}

/** Bytes of the innermost IP packet, its header with it. */
function ipBytesOf(packet: Packet): number {
  return ipBytesAt(packet, packet.transportStart)
}

function ipBytesAt(packet: Packet, transportStart: number): number {
  const { ipLayers, ipLayerStart: at, ipHeaderStart, reportedEnd } = packet
  if (ipLayers[at] === 4 && ipHeaderStart >= 0 && ipHeaderStart < transportStart) return reportedEnd - ipHeaderStart
  const headerBytes = ipLayers[at] === 4 ? 20 : 40 // of reassembled packets and IPv6: options are not counted
  return reportedEnd - transportStart + headerBytes
}

/** Bytes of an address of the innermost IP header; 1 is the source, 5 the destination. */
function bytesOf({ ipLayers, ipLayerStart }: Packet, field: 1 | 5): Uint8Array {
  const words = ipLayers[ipLayerStart] === 4 ? 1 : (IP_LAYER_WORDS - 1) / 2
  const bytes = new Uint8Array(words * 4)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < words; i++) view.setInt32(i * 4, ipLayers[ipLayerStart + field + i])
  return bytes
}
