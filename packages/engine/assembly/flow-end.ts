// What the host does with flows beside reading them: their addresses, and their end.

import { addressNumber, reserveAddresses } from './address-table'
import { connectionAt, removeConnection } from './connection'
import { addToConversation } from './conversations'
import { forgetObserved } from './observed'
import { forgetRtp } from './rtp-packets'
import { conversations, flows, keepsConversations, result } from './tables'
import { forgetRecords } from './tls-records'
import { clear } from './unacked'

const TRANSPORT_TCP = 6

/** True when the flow is a TCP connection that ended. */
export function isClosed(index: i32): bool {
  const flow = flows.at(index)
  return flow.meta >>> 8 === TRANSPORT_TCP && connectionAt(flow.connection).isClosed()
}

/** Number of the address at the low (0) or high (1) end of a flow, for which text is made once; 0 when there are too many. */
export function flowAddress(index: i32, end: i32): i32 {
  const flow = flows.at(index)
  if (end === 0) {
    if (flow.lowNumber === 0) flow.lowNumber = addressNumber(changetype<usize>(flow))
    return flow.lowNumber
  }
  if (flow.highNumber === 0) flow.highNumber = addressNumber(changetype<usize>(flow) + 16)
  return flow.highNumber
}

/** Adds the frames and bytes of a flow that ends to its conversation, and makes room for its addresses. Returns bits as takeTcp. */
export function joinConversation(index: i32): i32 {
  reserveAddresses()
  const flow = flows.at(index)
  if (keepsConversations && flow.conversation >= 0) addToConversation(conversations.at(flow.conversation), flow)
  return result(false)
}

/** Forgets a flow and its connection; its index will be used again. Call rebuildFlows after the last of several. */
export function removeFlow(index: i32): void {
  const flow = flows.at(index)
  if (flow.meta >>> 8 === TRANSPORT_TCP) {
    const connection = connectionAt(flow.connection)
    clear(connection.side(0))
    clear(connection.side(1))
    forgetObserved(connection)
    forgetRecords(connection)
    removeConnection(connection)
  }
  forgetRtp(index, 0)
  forgetRtp(index, 1)
  flows.remove(flow)
}

export function rebuildFlows(): void {
  flows.rebuild()
}
