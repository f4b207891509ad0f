import type { Flow } from '../../flow/flow.ts'
import { leavesSite } from './address-scope.ts'

/** Bits of tshark's `tcp.completeness`. */
export const SAW_SYN = 1
export const SAW_SYN_ACK = 2
export const SAW_ACK = 4
export const SAW_RST = 32

/** A flow that is over, told from its initiator's side. Bytes are payload. Borrowed: overwritten when the next flow ends. */
export class EndedFlow {
  isTcp = false
  /** tshark's tcp.stream or udp.stream. */
  number = -1
  initiator = ''
  responder = ''
  initiatorPort = 0
  responderPort = 0
  /** True when the flow's first packet came from the initiator. */
  initiatorSentFirst = true
  initiatorFrames = 0
  responderFrames = 0
  initiatorBytes = 0
  responderBytes = 0
  firstFrame = 0
  firstTimeNs = 0
  lastTimeNs = 0
  completeness = 0
  /** True when the initiator's packets leave its site, see `leavesSite`. */
  leavesSite = false

  /** Takes everything over from the tables. */
  read(flow: Flow, isTcp: boolean, number: number): void {
    const { initiator } = flow
    const responder = initiator ^ 1
    this.isTcp = isTcp
    this.number = number
    this.initiator = flow.address(initiator)
    this.responder = flow.address(responder)
    this.initiatorPort = flow.port(initiator)
    this.responderPort = flow.port(responder)
    this.initiatorSentFirst = initiator === 0
    this.initiatorFrames = flow.frames(initiator)
    this.responderFrames = flow.frames(responder)
    this.initiatorBytes = flow.payloadBytes(initiator)
    this.responderBytes = flow.payloadBytes(responder)
    this.firstFrame = flow.firstFrame
    this.firstTimeNs = flow.firstTimeNs
    this.lastTimeNs = flow.lastTimeNs
    this.completeness = flow.completeness
    this.leavesSite = leavesSite(this.initiator, this.responder)
  }
}

const latest = new WeakMap<Flow, EndedFlow>()

/** The flow that ends, read once however many detectors ask, because its addresses are texts made for the purpose. */
export function endedFlow(flow: Flow): EndedFlow {
  let ended = latest.get(flow)
  if (ended === undefined) latest.set(flow, (ended = new EndedFlow()))
  const isTcp = flow.transport === 'tcp'
  const { number } = flow
  if (ended.number !== number || ended.isTcp !== isTcp) ended.read(flow, isTcp, number)
  return ended
}

/** True when the connection began in the capture and its three-way handshake was completed. */
export function isEstablished(flow: EndedFlow): boolean {
  return (
    (flow.completeness & SAW_SYN) !== 0 &&
    (flow.completeness & SAW_SYN_ACK) !== 0 &&
    ((flow.completeness & SAW_ACK) !== 0 || flow.initiatorBytes > 0)
  )
}
