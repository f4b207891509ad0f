import type { Packet } from '../packet.ts'
import { addressText } from '../text/addresses.ts'
import { mediaEndpoints } from './media-endpoints.ts'
import type { FlowRow } from './stream-facts.ts'

const SIP_PORT = 5060
const SNMP_PORTS: readonly number[] = [161, 162]
const BER_SEQUENCE = 0x30

/**
 * tshark's UDP streams where they differ from flows of addresses and ports (docs/reference/tcp-analysis.md, section 3.8):
 *
 * - SNMP opens a second conversation in its first frame, so all later frames have another stream number;
 * - a media address announced by SDP is one conversation whoever the other end is, looked up by source, then by destination.
 */
export class UdpStreamFacts {
  /** Flows that have had an SNMP message. */
  private readonly snmpFlows = new Set<number>()
  private readonly endpoints = new Set<string>()
  private readonly mediaFlows = new Set<number>()
  /** Streams that are no flows, by what makes them one. */
  private readonly streams = new Map<string, FlowRow>()
  /** Frames taken from flows: flow -> frames and bytes from the first sender, frames and bytes to it. */
  private readonly taken = new Map<number, [number, number, number, number]>()

  /** Takes a datagram after its flow was counted. `isFirst` when the datagram opened the flow. */
  take(packet: Packet, flow: number, direction: number, isFirst: boolean): void {
    const { sourcePort, destinationPort } = packet
    if (SNMP_PORTS.includes(sourcePort) || SNMP_PORTS.includes(destinationPort)) this.takeSnmp(packet, flow, direction)
    else if (this.endpoints.size > 0) this.takeMedia(packet, flow, direction, isFirst)
    if (sourcePort !== SIP_PORT && destinationPort !== SIP_PORT) return
    for (const endpoint of mediaEndpoints(packet.data, packet.payloadStart, packet.payloadEnd))
      this.endpoints.add(endpoint)
  }

  /** The rows of tshark's streams, made from those of the flows. */
  *rows(flows: Iterable<FlowRow>): Generator<FlowRow> {
    for (const row of flows) {
      const taken = this.taken.get(row.index)
      if (taken === undefined) {
        yield row
        continue
      }
      const rest = {
        ...row,
        framesAToB: row.framesAToB - taken[0],
        bytesAToB: row.bytesAToB - taken[1],
        framesBToA: row.framesBToA - taken[2],
        bytesBToA: row.bytesBToA - taken[3],
      }
      if (rest.framesAToB + rest.framesBToA > 0) yield rest
    }
    yield* this.streams.values()
  }

  private takeSnmp(packet: Packet, flow: number, direction: number): void {
    if (this.snmpFlows.has(flow)) this.move(packet, flow, direction, `snmp ${flow}`)
    else if (packet.data[packet.payloadStart] === BER_SEQUENCE) this.snmpFlows.add(flow)
  }

  private takeMedia(packet: Packet, flow: number, direction: number, isFirst: boolean): void {
    if (!isFirst && !this.mediaFlows.has(flow)) return
    const source = `${sourceOf(packet)} ${packet.sourcePort}`
    const destination = `${destinationOf(packet)} ${packet.destinationPort}`
    const endpoint = this.endpoints.has(source) ? source : this.endpoints.has(destination) ? destination : null
    if (endpoint === null) return
    this.mediaFlows.add(flow)
    this.move(packet, flow, direction, endpoint)
  }

  /** Counts the datagram in another stream than that of its flow. */
  private move(packet: Packet, flow: number, direction: number, key: string): void {
    const taken = this.taken.get(flow) ?? [0, 0, 0, 0]
    taken[2 * direction]++
    taken[2 * direction + 1] += packet.wireLength
    this.taken.set(flow, taken)
    const addressA = sourceOf(packet)
    const stream = this.streams.get(key) ?? newStream(packet, addressA)
    this.streams.set(key, stream)
    if (stream.addressA === addressA && stream.portA === packet.sourcePort) {
      stream.framesAToB++
      stream.bytesAToB += packet.wireLength
    } else {
      stream.framesBToA++
      stream.bytesBToA += packet.wireLength
    }
  }
}

function newStream(packet: Packet, addressA: string): FlowRow {
  return {
    index: -1,
    version: packet.ipLayers[packet.ipLayerStart],
    number: -1,
    firstFrame: packet.number,
    addressA,
    portA: packet.sourcePort,
    addressB: destinationOf(packet),
    portB: packet.destinationPort,
    framesAToB: 0,
    bytesAToB: 0,
    framesBToA: 0,
    bytesBToA: 0,
  }
}

function sourceOf(packet: Packet): string {
  return addressText(packet.ipLayers, packet.ipLayerStart + 1, packet.ipLayers[packet.ipLayerStart])
}

function destinationOf(packet: Packet): string {
  return addressText(packet.ipLayers, packet.ipLayerStart + 5, packet.ipLayers[packet.ipLayerStart])
}
