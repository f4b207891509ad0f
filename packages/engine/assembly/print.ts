// Text of what is listed; it goes to the host piece by piece.

import { countStreams, printConnections, printConversations, printStreams } from './rows'
import { conversations, flows } from './tables'
import { initLists, listAt } from './frame-lists'
import { newText, OUTPUT, Text } from './text'

const TRANSPORT_TCP = 6

let output: Text = changetype<Text>(0)

export function initPrint(): void {
  initLists()
  output = newText(OUTPUT)
}

/** Hands over what is left of a list. */
export function flushList(list: i32): void {
  listAt(list).flush()
}

/** Prints flows of TCP or UDP as an array that is still open, so that rows may follow. */
export function writeStreams(transport: i32): void {
  beginOutput()
  printStreams(output, flows, transport, transport === TRANSPORT_TCP)
  output.flush()
}

export function writeConversations(version: i32): void {
  beginOutput()
  printConversations(output, conversations, version)
  output.flush()
}

/** Prints one thing about each TCP connection, see rows.ts. */
export function writeConnections(what: i32): void {
  beginOutput()
  printConnections(output, flows, what)
  output.flush()
}

export function countedStreams(transport: i32): i32 {
  return countStreams(flows, transport)
}

function beginOutput(): void {
  output.needsComma = false
}
