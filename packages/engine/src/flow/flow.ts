import * as c from '../tcp/connection-table.ts'
import { addressText } from '../text/addresses.ts'
import * as f from './flow-table.ts'

const TRANSPORT_TCP = 6
const WELL_KNOWN_PORTS = 1024

/**
 * One flow, read from the tables when it is asked. One instance serves the run; it is borrowed by listeners.
 *
 * Direction 0 is that of the flow's first packet. The initiator is the side that sent the SYN; where no handshake was captured, the
 * side with the higher port if exactly one port is well-known, else the side that sent first.
 */
export class Flow {
  /** Index in the flow table. */
  index = 0
  private readonly flows: f.FlowTable
  private readonly connections: c.ConnectionTable

  constructor(flows: f.FlowTable, connections: c.ConnectionTable) {
    this.flows = flows
    this.connections = connections
  }

  at(index: number): this {
    this.index = index
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

  wireBytes(direction: number): number {
    return this.double(f.FLOW_BYTES + direction)
  }

  payloadBytes(direction: number): number {
    return this.double(f.FLOW_PAYLOAD_BYTES + direction)
  }

  /** Address of the side that sends in `direction`; a new string each time. */
  address(direction: number): string {
    const isLow = (direction ^ this.word(f.FLOW_FIRST_SENDER)) === 0
    const start = this.index * f.FLOW_WORDS + (isLow ? f.FLOW_LOW_ADDRESS : f.FLOW_HIGH_ADDRESS)
    return addressText(this.flows.words, start, this.ipVersion)
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
    return this.connections.doubles[c.connectionDouble(this.connection) + c.CONNECTION_INITIAL_RTT]
  }

  /** tshark's tcp.completeness; 0 when not TCP. */
  get completeness(): number {
    return this.transport === 'tcp'
      ? this.connections.words[c.connectionWord(this.connection) + c.CONNECTION_COMPLETENESS]
      : 0
  }

  private get handshake(): number {
    return this.connections.words[c.connectionWord(this.connection) + c.CONNECTION_HANDSHAKE]
  }

  private word(field: number): number {
    return this.flows.words[this.index * f.FLOW_WORDS + field]
  }

  private double(field: number): number {
    return this.flows.doubles[(this.index * f.FLOW_WORDS) / 2 + field]
  }
}
