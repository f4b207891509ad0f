import type { Readable } from 'node:stream'
import type { DataStore } from '@tus/server'

/** Where uploads in parts are until they are whole. */
export interface UploadParts {
  /** What the server of the protocol writes to. */
  readonly store: DataStore
  /** Before the first use. */
  prepare(): Promise<void>
  /** The bytes of a whole upload. */
  content(id: string): Readable
  remove(id: string): Promise<void>
  /** Every upload that has begun, and when somebody went on with it last. */
  list(): Promise<ReadonlyMap<string, Date>>
}

/** Names begin with the id of their upload. */
export const ID_LENGTH = 36

/** The later of two times, where there is an earlier one. */
export function later(before: Date | undefined, time: Date): Date {
  return before === undefined || time > before ? time : before
}
