import type { Packet } from '../packet.ts'
import type { ByteWindow } from './byte-window.ts'
import type { CaptureMetadata } from './metadata.ts'
import type { RecordWalker } from './record-walker.ts'

/** What {@link RecordReader.next} says. */
export const READ_PACKET = 0
/** More bytes are needed; call again after the window was filled, or stop if it has ended. */
export const READ_MORE = 1
/** The input is over, or damaged so that no further record can be found; see `metadata.end`. */
export const READ_END = 2
export type ReadResult = typeof READ_PACKET | typeof READ_MORE | typeof READ_END

/** Walks the records of one capture format. It never throws for bad data: damage is written to `metadata.end`. */
export interface RecordReader {
  readonly metadata: CaptureMetadata
  /** Points `packet` at the next packet record and advances `window.start` past it. Amortised O(1); allocates nothing per packet. */
  next(window: ByteWindow, packet: Packet): ReadResult
  /** Lets the core walk the loaded records of formats that it knows; what it leaves comes by `next`. */
  walk?(window: ByteWindow, walker: RecordWalker): void
}
