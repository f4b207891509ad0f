import type { Core } from '../core/core.ts'
import { FLOW_BYTES, FLOW_FRAMES } from '../flow/flow-record.ts'
import type { Packet } from '../packet.ts'
import { addressText } from '../text/addresses.ts'
import { mediaEndpoints } from './media-endpoints.ts'

const SIP_PORT = 5060
const SNMP_PORTS: readonly number[] = [161, 162]
const READ_PORTS: readonly number[] = [SIP_PORT, ...SNMP_PORTS]
const BER_SEQUENCE = 0x30

/** One stream, its ends in the order of first sending. */
interface StreamRow {
  readonly number: number
  readonly addressA: string
  readonly portA: number
  readonly addressB: string
  readonly portB: number
  framesAToB: number
  bytesAToB: number
  framesBToA: number
  bytesBToA: number
}

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
  private readonly streams = new Map<string, StreamRow>()
  /** Frames taken from flows: flow -> frames and bytes from the first sender, frames and bytes to it. */
  private readonly taken = new Map<number, [number, number, number, number]>()
  private readonly readAlways: (flow: number) => void

  /** `readAlways` asks for every datagram of a flow. */
  constructor(readAlways: (flow: number) => void) {
    this.readAlways = readAlways
  }

  /** Takes a datagram after its flow was counted. `isFirst` when the datagram opened the flow. */
  take(packet: Packet, flow: number, direction: number, isFirst: boolean): void {
    const { sourcePort, destinationPort } = packet
    if (isFirst && (READ_PORTS.includes(sourcePort) || READ_PORTS.includes(destinationPort))) this.readAlways(flow)
    if (SNMP_PORTS.includes(sourcePort) || SNMP_PORTS.includes(destinationPort)) this.takeSnmp(packet, flow, direction)
    else if (this.endpoints.size > 0) this.takeMedia(packet, flow, direction, isFirst)
    if (sourcePort !== SIP_PORT && destinationPort !== SIP_PORT) return
    for (const endpoint of mediaEndpoints(packet.data, packet.payloadStart, packet.payloadEnd))
      this.endpoints.add(endpoint)
  }

  /** Takes what was counted elsewhere out of the flows; call it once, after the last datagram. */
  settle(core: Core): void {
    const { words, doubles } = core
    for (const [flow, taken] of this.taken) {
      const at = core.flowAt(flow)
      for (let direction = 0; direction < 2; direction++) {
        words[at + FLOW_FRAMES + direction] -= taken[2 * direction]
        doubles[(at >> 1) + FLOW_BYTES + direction] -= taken[2 * direction + 1]
      }
    }
  }

  /** The rows of streams that are no flows. */
  rows(): (readonly unknown[])[] {
    return [...this.streams.values()].map((row) => [
      row.number,
      row.addressA,
      row.portA,
      row.addressB,
      row.portB,
      row.framesAToB,
      row.bytesAToB,
      row.framesBToA,
      row.bytesBToA,
    ])
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
    this.readAlways(flow)
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

function newStream(packet: Packet, addressA: string): StreamRow {
  return {
    number: -1,
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
