import type { Core } from '../core/core.ts'
import { isTunnelPort } from '../decode/udp-tunnels.ts'
import { FLOW_INTEREST, FLOW_PORTS } from '../flow/flow-record.ts'
import { Protocol } from '../protocol-set.ts'
import type { DatagramFlows } from '../protocols/datagram-flows.ts'

// Kinds of interest; the numbers are those of assembly/interest.ts.
const READS = 0
const NAMES_SHORT_HEADERS = 1
const PROTOCOL_SHIFT = 8

/** Writes how far the dissectors look into datagrams into the records of flows, where the core finds it when it walks by itself. */
export class CoreDatagramFlows implements DatagramFlows {
  private readonly core: Core

  constructor(core: Core) {
    this.core = core
  }

  noteQuic(frame: number): void {
    this.core.noteQuic(frame)
  }

  read(flow: number): void {
    this.core.words[this.core.flowAt(flow) + FLOW_INTEREST] = READS
  }

  nameShortHeaders(flow: number): void {
    const { words } = this.core
    const at = this.core.flowAt(flow)
    const ports = words[at + FLOW_PORTS]
    if (isTunnelPort(ports >>> 16) || isTunnelPort(ports & 0xffff)) return
    words[at + FLOW_INTEREST] = NAMES_SHORT_HEADERS | (Protocol.quic << PROTOCOL_SHIFT)
  }
}
