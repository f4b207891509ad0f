// Flows, and pairs of addresses when the host wants them: one of each in a run.

import { FlowTable, newFlowTable } from './flow-table'
import { Header } from './header'
import { forgetGrowth, hasGrown } from './memory'

/** Bits that calls return to the host: a flow was opened; memory has moved. */
export const OPENED = 1
export const GROWN = 2

export const flows = newFlowTable()
export let conversations: FlowTable = changetype<FlowTable>(0)
export let keepsConversations: bool = false

export function initConversations(): void {
  keepsConversations = true
  conversations = newFlowTable()
}

/** Index of the conversation of the header's addresses, a new one when there is none. */
export function conversationOf(header: Header): i32 {
  const known = conversations.find(header, 0, 0, 0)
  if (known !== null) return known.index
  return conversations.add(header, 0, 0, 0, conversations.records.count).index
}

/** What a call returns; growth is told once. */
export function result(isOpened: bool): i32 {
  const bits = (isOpened ? OPENED : 0) | (hasGrown ? GROWN : 0)
  if (hasGrown) forgetGrowth()
  return bits
}
