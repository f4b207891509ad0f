import type { Core } from '../core/core.ts'
import type { StreamConnections } from '../protocols/stream-connections.ts'
import {
  CONNECTION_FROM,
  CONNECTION_INTEREST,
  CONNECTION_SERVER_PORT,
  CONNECTION_UNTIL,
} from '../tcp/connection-record.ts'

// Kinds of interest; the numbers are those of assembly/interest.ts.
const READS = 0
const PASSES = 1
const NAMES = 2
const SKIPS = 3
const PROTOCOL_SHIFT = 8
const MOST = 0xffffffff

/** Writes how far the dissectors look into the records of connections, where the core finds it when it walks by itself. */
export class CoreStreamConnections implements StreamConnections {
  private readonly core: Core

  constructor(core: Core) {
    this.core = core
  }

  serverPort(connection: number): number {
    return this.core.words[this.core.connectionAt(connection) + CONNECTION_SERVER_PORT]
  }

  readAll(connection: number): void {
    const at = this.core.connectionAt(connection) + CONNECTION_INTEREST
    this.core.words[at] = READS
    this.core.words[at + 1] = READS
  }

  passAll(connection: number): void {
    const at = this.core.connectionAt(connection) + CONNECTION_INTEREST
    this.core.words[at] = PASSES
    this.core.words[at + 1] = PASSES
  }

  read(connection: number, direction: number): void {
    this.core.words[this.core.connectionAt(connection) + CONNECTION_INTEREST + direction] = READS
  }

  name(connection: number, direction: number, protocol: number, from: number): void {
    if (from >= MOST) {
      this.read(connection, direction)
      return
    }
    const { words } = this.core
    const at = this.core.connectionAt(connection) + direction
    words[at + CONNECTION_INTEREST] = NAMES | (protocol << PROTOCOL_SHIFT)
    words[at + CONNECTION_FROM] = from
  }

  skip(connection: number, direction: number, from: number, until: number): void {
    if (from >= MOST) {
      this.read(connection, direction)
      return
    }
    const { words } = this.core
    const at = this.core.connectionAt(connection) + direction
    words[at + CONNECTION_INTEREST] = SKIPS
    words[at + CONNECTION_FROM] = from
    words[at + CONNECTION_UNTIL] = Math.min(until, MOST)
  }

  skippedTo(connection: number, direction: number): number {
    const { words } = this.core
    const at = this.core.connectionAt(connection) + direction
    return words[at + CONNECTION_INTEREST] === SKIPS ? words[at + CONNECTION_FROM] >>> 0 : -1
  }
}
