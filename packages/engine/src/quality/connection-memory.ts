const FIRST_CONNECTIONS = 256
const GROWTH = 4

/** Offsets in the record of a connection: how far its handshake got, and two times of it. */
export const HANDSHAKE = 0
export const SYN_TIME = 1
export const SYN_ACK_TIME = 2
/** A jump of the clock that one side tells of: direction, when it was over, its length in ns; 0 when there is none. */
export const JUMP_DIRECTION = 3
export const JUMP_TIME = 4
export const JUMP_NS = 5
const CONNECTION_DOUBLES = 6

/** What has to be remembered of each open connection, as records of doubles by its index; 48 bytes a connection. */
export class ConnectionMemory {
  values = new Float64Array(FIRST_CONNECTIONS * CONNECTION_DOUBLES)

  /** Where the record starts in `values`, which may be another array afterwards. */
  at(connection: number): number {
    const start = connection * CONNECTION_DOUBLES
    if (start >= this.values.length) {
      let length = this.values.length
      while (length <= start) length *= GROWTH
      const grown = new Float64Array(length)
      grown.set(this.values)
      this.values = grown
    }
    return start
  }

  /** Forgets a connection that is over: its index will be used again. */
  clear(connection: number): void {
    const start = connection * CONNECTION_DOUBLES
    if (start < this.values.length) this.values.fill(0, start, start + CONNECTION_DOUBLES)
  }
}
