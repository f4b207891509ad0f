import { type Packet, pcapngInterface, pcapngPacket, pcapngSection } from '@pcap-analyzer/engine/observe'

/** Takes pieces of a file in order. */
export type TakeBytes = (bytes: Uint8Array) => void

/**
 * Writes frames of captures as one pcapng section in nanoseconds; each link type gets an interface when it is first met. Bytes, lengths
 * and times are those of the capture.
 */
export class PacketWriter {
  private readonly take: TakeBytes
  private readonly interfaces = new Map<number, number>()

  constructor(take: TakeBytes, comment: string | null) {
    this.take = take
    take(pcapngSection({ application: 'pcap-analyzer', ...(comment === null ? {} : { comment }) }))
  }

  /** Adds the frame under the reader. */
  add(packet: Packet, comment: string | null): void {
    const { seconds, nanoseconds, wireLength } = packet
    this.take(
      pcapngPacket({
        seconds,
        nanoseconds,
        wireLength,
        bytes: packet.bytes.subarray(packet.start, packet.end),
        interfaceIndex: this.interfaceOf(packet.linkType),
        ...(comment === null ? {} : { comment }),
      }),
    )
  }

  private interfaceOf(linkType: number): number {
    const known = this.interfaces.get(linkType)
    if (known !== undefined) return known
    this.take(pcapngInterface({ linkType }))
    this.interfaces.set(linkType, this.interfaces.size)
    return this.interfaces.size - 1
  }
}
