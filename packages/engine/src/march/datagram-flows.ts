import type { Core } from '../core/core.ts'
import { isTunnelPort } from '../decode/udp-tunnels.ts'
import { FLOW_INTEREST, FLOW_PORTS } from '../flow/flow-record.ts'
import { Protocol } from '../protocol-set.ts'
import type { DatagramFlows } from '../protocols/datagram-flows.ts'

// Kinds of interest; the numbers are those of assembly/interest.ts, where a kind it does not know is read.
const READS = 0
const NAMES_SHORT_HEADERS = 1
const GUESSES = 2
const READS_ALWAYS = 3
const PROTOCOL_SHIFT = 8

const IPSEC_NAT_PORT = 4500

/** Writes how far the dissectors look into datagrams into the records of flows, where the core finds it when it walks by itself. */
export class CoreDatagramFlows implements DatagramFlows {
  private readonly core: Core

  constructor(core: Core) {
    this.core = core
  }

  noteQuic(frame: number): void {
    this.core.noteQuic(frame)
  }

  noteQuicIds(): void {
    this.core.noteQuicIds()
  }

  read(flow: number): void {
    this.write(flow, READS)
  }

  readAlways(flow: number): void {
    this.write(flow, READS_ALWAYS)
  }

  nameShortHeaders(flow: number): void {
    this.write(flow, NAMES_SHORT_HEADERS | (Protocol.quic << PROTOCOL_SHIFT))
  }

  guess(flow: number): void {
    this.write(flow, GUESSES)
  }

  private write(flow: number, interest: number): void {
    const { words } = this.core
    const at = this.core.flowAt(flow)
    if (words[at + FLOW_INTEREST] === interest || words[at + FLOW_INTEREST] === READS_ALWAYS) return
    const ports = words[at + FLOW_PORTS]
    words[at + FLOW_INTEREST] = isWalkedInto(ports >>> 16) || isWalkedInto(ports & 0xffff) ? READS : interest
  }
}

/** True for ports behind whose header decoding goes on. */
function isWalkedInto(port: number): boolean {
  return port === IPSEC_NAT_PORT || isTunnelPort(port)
}
