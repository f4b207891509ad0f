import type { Packet } from '../../packet.ts'
import type { IcmpMessage } from '../../protocols/icmp.ts'
import { addressText } from '../../text/addresses.ts'

/** Who sent an ICMP message to whom. */
export interface EchoEnds {
  readonly frame: number
  readonly sender: string
  readonly receiver: string
}

const latest = new WeakMap<IcmpMessage, EchoEnds>()

/** The ends of the message under way; their texts are made once a message, however many detectors ask. */
export function echoEnds(message: IcmpMessage, packet: Packet): EchoEnds {
  const known = latest.get(message)
  if (known !== undefined && known.frame === message.frame) return known
  const { ipLayers, ipLayerStart } = packet
  const ends = {
    frame: message.frame,
    sender: addressText(ipLayers, ipLayerStart + 1, message.version),
    receiver: addressText(ipLayers, ipLayerStart + 5, message.version),
  }
  latest.set(message, ends)
  return ends
}
