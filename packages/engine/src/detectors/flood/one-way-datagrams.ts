import { isGroup } from '../support/address-scope.ts'
import type { EndedFlow } from '../support/ended-flow.ts'

/** Services that answer a small question with a large answer, so that a forged sender makes them weapons (US-CERT TA14-017A). */
const reflectors: ReadonlySet<number> = new Set([
  17, 19, 53, 69, 111, 123, 137, 161, 389, 427, 520, 1434, 1900, 3283, 3478, 3702, 5093, 5353, 5683, 10001, 11211,
  27015, 30718, 32414, 37810,
])
/** Collectors that many senders report to and that never answer: syslog, traps, NetFlow, IPFIX, sFlow, StatsD, GELF. */
const collectors: ReadonlySet<number> = new Set([162, 514, 2055, 4739, 5140, 6343, 8125, 9995, 9996, 12201])

/** Datagrams that one side sent and the other did not answer. */
export interface OneWayDatagrams {
  readonly sender: string
  readonly receiver: string
  readonly receiverPort: number
  readonly frames: number
  /** True when they look like answers to questions that the receiver never asked. */
  readonly isReflected: boolean
}

/** Null for flows that were answered, and for receivers that are groups or collect reports. */
export function oneWayDatagrams(flow: EndedFlow): OneWayDatagrams | null {
  const isFromInitiator = flow.responderFrames === 0
  if (!isFromInitiator && flow.initiatorFrames > 0) return null
  const [sender, receiver] = isFromInitiator ? [flow.initiator, flow.responder] : [flow.responder, flow.initiator]
  const [senderPort, receiverPort] = isFromInitiator
    ? [flow.initiatorPort, flow.responderPort]
    : [flow.responderPort, flow.initiatorPort]
  if (isGroup(receiver) || collectors.has(receiverPort)) return null
  const frames = isFromInitiator ? flow.initiatorFrames : flow.responderFrames
  const isReflected = reflectors.has(senderPort) && !reflectors.has(receiverPort)
  return { sender, receiver, receiverPort, frames, isReflected }
}
