import { lossNames } from '../../tcp/loss.ts'

/** What one side of a connection did that is worth saying; losses are of segments it sent, windows are its own receive windows. */
export interface SideHealth {
  /** By {@link lossNames}. */
  losses: number[]
  retransmissions: number
  /** Time from the segments waited for until they were sent again, summed; of SYNs see `synWaitNs`. */
  waitedNs: number
  /** Until when waits are counted. */
  waitedUntilNs: number
  zeroWindows: number
  zeroWindowNs: number
  /** When its window closed; -1 while it is open. */
  zeroWindowSinceNs: number
  windowFull: number
}

/** Health of one connection until it ends. */
export class ConnectionHealth {
  readonly sides: readonly [SideHealth, SideHealth] = [newSide(), newSide()]
  /** Longest wait of a repeated SYN or SYN-ACK since the first. */
  synWaitNs = 0
}

function newSide(): SideHealth {
  return {
    losses: new Array<number>(lossNames.length).fill(0),
    retransmissions: 0,
    waitedNs: 0,
    waitedUntilNs: Number.NEGATIVE_INFINITY,
    zeroWindows: 0,
    zeroWindowNs: 0,
    zeroWindowSinceNs: -1,
    windowFull: 0,
  }
}
