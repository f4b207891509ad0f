// Where the host finds what it reads, and the counts of a run.

import { connectionAt } from './connection'
import { endLastExchange, observedAt, oversized, roundTrips } from './observed'
import { settings } from './observer-settings'
import { streamCount } from './streams'
import { conversations, flows, keepsConversations } from './tables'
import { endedAt } from './tls-records'
import { told } from './told'
import { droppedSegments } from './unacked'

export function flowPointer(index: i32): usize {
  return flows.records.at(index)
}

export function conversationPointer(index: i32): usize {
  return conversations.records.at(index)
}

export function connectionPointer(index: i32): usize {
  return changetype<usize>(connectionAt(index))
}

/** Flow records in use so far, removed ones included. */
export function flowRecords(): i32 {
  return flows.records.count
}

export function conversationRecords(): i32 {
  return keepsConversations ? conversations.records.count : 0
}

export function liveFlows(): i32 {
  return flows.live
}

export function tcpStreams(): i32 {
  return streamCount
}

export function droppedUnacked(): i32 {
  return droppedSegments
}

export function toldPointer(): usize {
  return changetype<usize>(told)
}

export function settingsPointer(): usize {
  return changetype<usize>(settings)
}

/** Round trips of data. */
export function roundTripsPointer(): usize {
  return changetype<usize>(roundTrips)
}

/** Segments larger than the path can carry. */
export function oversizedSegments(): i32 {
  return oversized
}

/** The records over several segments that ended in a direction, of which there are some. */
export function endedRecords(connection: i32, direction: i32): usize {
  return endedAt(connectionAt(connection).reading(direction))
}

/** Observations of a connection; 0 when it has none. */
export function observedPointer(connection: i32): usize {
  return observedAt(connectionAt(connection))
}

/** Ends the exchange under way of a connection that is over; returns events. */
export function endExchanges(connection: i32): i32 {
  return endLastExchange(connectionAt(connection))
}
