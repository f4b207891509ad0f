import type { Core } from '../core/core.ts'
import * as c from '../tcp/connection-record.ts'
import * as f from './flow-record.ts'

const TRANSPORT_TCP = 6
const WELL_KNOWN_PORTS = 1024
const ADDRESS_WORDS = 4
const HASH_FACTOR = 0x9e3779b1

/**
 * One flow, read from the tables when it is asked. One instance serves the run; it is borrowed by listeners.
 *
 * Direction 0 is that of the flow's first packet. The initiator is the side that sent the SYN; where no handshake was captured, the
 * side with the higher port if exactly one port is well-known, else the side that sent first.
 */
export class Flow {
  /** Index in the flow table. */
  index = 0
  private readonly core: Core
  private start = 0
  /** Addresses by direction, made when they are first asked for; null until then. */
  private addresses: [string | null, string | null] = [null, null]

  constructor(core: Core) {
    this.core = core
  }

  at(index: number): this {
    this.index = index
    this.start = this.core.flowAt(index)
    this.addresses[0] = null
    this.addresses[1] = null
    return this
  }

  get transport(): 'tcp' | 'udp' {
    return this.word(f.FLOW_META) >>> 8 === TRANSPORT_TCP ? 'tcp' : 'udp'
  }

  get ipVersion(): number {
    return this.word(f.FLOW_META) & 0xff
  }

  /** tshark's tcp.stream or udp.stream. */
  get number(): number {
    return this.word(f.FLOW_NUMBER)
  }

  get connection(): number {
    return this.word(f.FLOW_CONNECTION)
  }

  get firstFrame(): number {
    return this.word(f.FLOW_FIRST_FRAME)
  }

  get lastFrame(): number {
    return this.word(f.FLOW_LAST_FRAME)
  }

  get firstTimeNs(): number {
    return this.double(f.FLOW_FIRST_TIME)
  }

  get lastTimeNs(): number {
    return this.double(f.FLOW_LAST_TIME)
  }

  frames(direction: number): number {
    return this.word(f.FLOW_FRAMES + direction)
  }

  /** Frames with payload. */
  dataFrames(direction: number): number {
    return this.word(f.FLOW_DATA_FRAMES + direction)
  }

  wireBytes(direction: number): number {
    return this.double(f.FLOW_BYTES + direction)
  }

  payloadBytes(direction: number): number {
    return this.double(f.FLOW_PAYLOAD_BYTES + direction)
  }

  /** Address of the side that sends in `direction`. */
  address(direction: number): string {
    const known = this.addresses[direction]
    if (known !== null) return known
    const isLow = (direction ^ this.word(f.FLOW_FIRST_SENDER)) === 0
    const text = this.core.addressText(this.index, isLow ? 0 : 1)
    this.addresses[direction] = text
    return text
  }

  /** 32 bits that depend on the two addresses alone, the same in every run. */
  get addressHash(): number {
    const { words } = this.core
    const at = this.start
    const last = this.ipVersion === 4 ? 1 : ADDRESS_WORDS
    let hash = 0
    for (let i = 0; i < last; i++) {
      hash = Math.imul(hash ^ words[at + f.FLOW_LOW_ADDRESS + i], HASH_FACTOR)
      hash = Math.imul(hash ^ (hash >>> 15) ^ words[at + f.FLOW_HIGH_ADDRESS + i], HASH_FACTOR)
    }
    return hash ^ (hash >>> 15)
  }

  /** Port of the side that sends in `direction`. */
  port(direction: number): number {
    const isLow = (direction ^ this.word(f.FLOW_FIRST_SENDER)) === 0
    return isLow ? this.word(f.FLOW_PORTS) >>> 16 : this.word(f.FLOW_PORTS) & 0xffff
  }

  /** True when a SYN or SYN-ACK told who opened the connection. */
  get isInitiatorKnown(): boolean {
    return this.transport === 'tcp' && (this.handshake & c.HANDSHAKE_HAS_INITIATOR) !== 0
  }

  /** Direction in which the initiator sends. */
  get initiator(): number {
    if (this.isInitiatorKnown) return (this.handshake >> c.HANDSHAKE_INITIATOR_SHIFT) & 1
    const isService = this.port(0) < WELL_KNOWN_PORTS
    const isPeerService = this.port(1) < WELL_KNOWN_PORTS
    return isService && !isPeerService ? 1 : 0
  }

  /** Initial RTT in ns as tshark tells it; 0 when unknown or not TCP. */
  get initialRttNs(): number {
    if (this.transport !== 'tcp') return 0
    return this.core.doubles[(this.core.connectionAt(this.connection) >> 1) + c.CONNECTION_INITIAL_RTT]
  }

  /** tshark's tcp.completeness; 0 when not TCP. */
  get completeness(): number {
    return this.transport === 'tcp'
      ? this.core.words[this.core.connectionAt(this.connection) + c.CONNECTION_COMPLETENESS]
      : 0
  }

  private get handshake(): number {
    return this.core.words[this.core.connectionAt(this.connection) + c.CONNECTION_HANDSHAKE]
  }

  private word(field: number): number {
    return this.core.words[this.start + field]
  }

  private double(field: number): number {
    return this.core.doubles[(this.start >> 1) + field]
  }
}
