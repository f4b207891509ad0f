import type { ByteWindow } from './byte-window.ts'

/** How the packets of a file are written. */
export interface RecordShape {
  /** They are Enhanced Packet Blocks of pcapng; otherwise records of classic pcap. */
  readonly isEnhanced: boolean
  /** The interface whose packets may be taken; 0 in classic pcap. */
  readonly interfaceIndex: number
  readonly littleEndian: boolean
  readonly unitsPerSecond: number
  readonly nanosecondsPerUnit: number
  /** A record that claims more captured bytes is damaged. */
  readonly mostCaptured: number
  readonly linkType: number
}

/** Takes records that nobody needs to see one by one. */
export interface RecordWalker {
  /**
   * Takes records from the window's start on until one is not its to take.
   * @param number number of the first of them.
   * @returns how many were taken; the window starts behind them.
   */
  walk(window: ByteWindow, shape: RecordShape, number: number): number
}
