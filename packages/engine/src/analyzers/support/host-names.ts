import { IP_LAYER_WORDS, type Packet } from '../../packet.ts'
import { addressText } from '../../text/addresses.ts'

const MOST_NAMES = 1 << 14

interface Known {
  readonly words: Int32Array
  readonly version: number
  readonly name: string
  next: Known | null
}

/** Texts of addresses, made once a host: a look-up of one that is known makes no text. Keeps at most 16 384. */
export class HostNames {
  private readonly known = new Map<number, Known>()
  private count = 0

  /** Name of the source (or destination) of the packet's innermost IP header. */
  nameOf(packet: Packet, isSource: boolean): string {
    const { ipLayers, ipLayerStart } = packet
    const version = ipLayers[ipLayerStart]
    const at = ipLayerStart + (isSource ? 1 : 5)
    const length = version === 4 ? 1 : (IP_LAYER_WORDS - 1) / 2
    let hash = version
    for (let i = 0; i < length; i++) hash = Math.imul(hash ^ ipLayers[at + i], 0x9e3779b1) ^ (hash >>> 15)
    const first = this.known.get(hash)
    for (let one = first ?? null; one !== null; one = one.next)
      if (one.version === version && haveSameWords(one.words, ipLayers, at, length)) return one.name
    const name = addressText(ipLayers, at, version)
    if (this.count < MOST_NAMES) {
      this.count++
      this.known.set(hash, { words: ipLayers.slice(at, at + length), version, name, next: first ?? null })
    }
    return name
  }
}

function haveSameWords(words: Int32Array, layers: Int32Array, at: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (words[i] !== layers[at + i]) return false
  return true
}
