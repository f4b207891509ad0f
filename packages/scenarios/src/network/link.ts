import type { Simulation } from './simulation.ts'

/** What a link needs to know of what it carries. */
export interface Carried {
  readonly ipBytes: number
  readonly payloadBytes: number
}

/** One direction of a way; a link without options is perfect and takes no time. */
export interface LinkOptions<Packet> {
  readonly delayNs?: number
  /** Rate of the slowest part; unlimited when left out. */
  readonly bytesPerSecond?: number
  /** Room of the queue before it; what does not fit is dropped. */
  readonly queueBytes?: number
  /** Larger packets are dropped. */
  readonly mtuBytes?: number
  /** Routers that lower the hop limit. */
  readonly hops?: number
  /** `ordinal` counts the packets with payload on this link from 1, repeats included; 0 for those without. */
  readonly isLost?: (packet: Packet, ordinal: number) => boolean
  /** Delay of one packet beside that of the link: others may overtake it. */
  readonly extraDelayNs?: (packet: Packet, ordinal: number) => number
  /** Told of packets larger than the MTU. */
  readonly onTooBig?: (packet: Packet, mtuBytes: number) => void
}

/** Carries packets in one direction: first in, first out, unless something delays one of them. */
export class Link<Packet extends Carried> {
  readonly hops: number
  readonly #simulation: Simulation
  readonly #options: LinkOptions<Packet>
  readonly #deliver: (packet: Packet) => void
  #withPayload = 0
  /** When the last packet in the queue will have been sent. */
  #freeAtNs = 0

  constructor(simulation: Simulation, options: LinkOptions<Packet>, deliver: (packet: Packet) => void) {
    this.#simulation = simulation
    this.#options = options
    this.#deliver = deliver
    this.hops = options.hops ?? 0
  }

  send(packet: Packet): void {
    const {
      delayNs = 0,
      bytesPerSecond = Number.POSITIVE_INFINITY,
      mtuBytes = Number.POSITIVE_INFINITY,
    } = this.#options
    const ordinal = packet.payloadBytes > 0 ? ++this.#withPayload : 0
    if (packet.ipBytes > mtuBytes) {
      this.#options.onTooBig?.(packet, mtuBytes)
      return
    }
    if (this.#options.isLost?.(packet, ordinal)) return
    const { nowNs } = this.#simulation
    const queuedBytes =
      (Math.max(0, this.#freeAtNs - nowNs) / 1e9) * (Number.isFinite(bytesPerSecond) ? bytesPerSecond : 0)
    if (queuedBytes + packet.ipBytes > (this.#options.queueBytes ?? Number.POSITIVE_INFINITY)) return
    this.#freeAtNs = Math.max(nowNs, this.#freeAtNs) + (packet.ipBytes / bytesPerSecond) * 1e9
    const extraNs = this.#options.extraDelayNs?.(packet, ordinal) ?? 0
    this.#simulation.at(Math.round(this.#freeAtNs + delayNs + extraNs), () => this.#deliver(packet))
  }
}
