import type { Flow } from '../../flow/flow.ts'

/** Bits of tshark's `tcp.completeness`. */
export const SAW_SYN = 1
export const SAW_SYN_ACK = 2
export const SAW_ACK = 4
export const SAW_RST = 32

/** A flow that is over, as plain data told from its initiator's side. Bytes are payload. */
export interface EndedFlow {
  readonly isTcp: boolean
  /** tshark's tcp.stream or udp.stream. */
  readonly number: number
  readonly initiator: string
  readonly responder: string
  readonly initiatorPort: number
  readonly responderPort: number
  /** True when a SYN or SYN-ACK told who opened the connection. */
  readonly isInitiatorKnown: boolean
  /** True when the flow's first packet came from the initiator. */
  readonly initiatorSentFirst: boolean
  readonly initiatorFrames: number
  readonly responderFrames: number
  readonly initiatorBytes: number
  readonly responderBytes: number
  readonly firstFrame: number
  readonly firstTimeNs: number
  readonly lastTimeNs: number
  readonly completeness: number
}

const latest = new WeakMap<Flow, EndedFlow>()

/** Copies a flow out of the tables; once a flow, however many detectors ask, because addresses are texts made for the purpose. */
export function endedFlow(flow: Flow): EndedFlow {
  const isTcp = flow.transport === 'tcp'
  const { number } = flow
  const known = latest.get(flow)
  if (known !== undefined && known.number === number && known.isTcp === isTcp) return known
  const { initiator } = flow
  const responder = initiator ^ 1
  const ended = {
    isTcp,
    number,
    initiator: flow.address(initiator),
    responder: flow.address(responder),
    initiatorPort: flow.port(initiator),
    responderPort: flow.port(responder),
    isInitiatorKnown: flow.isInitiatorKnown,
    initiatorSentFirst: initiator === 0,
    initiatorFrames: flow.frames(initiator),
    responderFrames: flow.frames(responder),
    initiatorBytes: flow.payloadBytes(initiator),
    responderBytes: flow.payloadBytes(responder),
    firstFrame: flow.firstFrame,
    firstTimeNs: flow.firstTimeNs,
    lastTimeNs: flow.lastTimeNs,
    completeness: flow.completeness,
  }
  latest.set(flow, ended)
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
