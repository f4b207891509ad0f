import type { Core } from '../core/core.ts'
import type { RecordsPassed, StreamConnections } from '../protocols/stream-connections.ts'
import { CONNECTION_READING, CONNECTION_SERVER_PORT, READING_WORDS } from '../tcp/connection-record.ts'

// Kinds of interest; the numbers are those of assembly/interest.ts.
const READS = 0
const PASSES = 1
const NAMES = 2
const SKIPS = 3
const RECORDS = 4
const RECORDS_OR_REST = 5
const KIND_MASK = 0xff
const PROTOCOL_SHIFT = 8
const HEARS_FIN = 1 << 16
const MOST = 0xffffffff

// Words of a reading, as in assembly/connection.ts.
const INTEREST = 0
const NEXT = 1
const UNTIL = 2
const START = 3
const ENDED = 4

/** The core remembers so many of the records that ended, as in assembly/tls-records.ts. */
const MOST_ENDED = 16

/** Writes how far the dissectors look into the records of connections, where the core finds it when it walks by itself. */
export class CoreStreamConnections implements StreamConnections {
  private readonly core: Core
  private readonly passed = { ended: [] as number[], start: 0, next: 0, end: 0 }

  constructor(core: Core) {
    this.core = core
  }

  serverPort(connection: number): number {
    return this.core.words[this.core.connectionAt(connection) + CONNECTION_SERVER_PORT]
  }

  readAll(connection: number): void {
    this.read(connection, 0)
    this.read(connection, 1)
  }

  passAll(connection: number): void {
    this.core.words[this.readingAt(connection, 0) + INTEREST] = PASSES
    this.core.words[this.readingAt(connection, 1) + INTEREST] = PASSES
  }

  read(connection: number, direction: number): void {
    this.core.words[this.readingAt(connection, direction) + INTEREST] = READS
  }

  name(connection: number, direction: number, protocol: number, from: number): void {
    this.write(connection, direction, NAMES | (protocol << PROTOCOL_SHIFT), from, from)
  }

  skip(connection: number, direction: number, from: number, until: number): void {
    this.write(connection, direction, SKIPS, from, Math.min(until, MOST))
  }

  hearFin(connection: number, direction: number): void {
    this.core.words[this.readingAt(connection, direction) + INTEREST] |= HEARS_FIN
  }

  skippedTo(connection: number, direction: number): number {
    const { words } = this.core
    const at = this.readingAt(connection, direction)
    return (words[at + INTEREST] & KIND_MASK) === SKIPS ? words[at + NEXT] >>> 0 : -1
  }

  passRecords(
    connection: number,
    direction: number,
    protocol: number,
    restToo: boolean,
    start: number,
    next: number,
    end: number,
  ): void {
    const kind = end >= MOST ? READS : (restToo ? RECORDS_OR_REST : RECORDS) | (protocol << PROTOCOL_SHIFT)
    this.write(connection, direction, kind, next, end)
    const at = this.readingAt(connection, direction)
    this.core.words[at + START] = start
    this.core.words[at + ENDED] = 0
  }

  recordsPassed(connection: number, direction: number): RecordsPassed | null {
    const { core, passed } = this
    const { words } = core
    const at = this.readingAt(connection, direction)
    if ((words[at + INTEREST] & KIND_MASK) < RECORDS) return null
    passed.ended.length = 0
    passed.start = words[at + START] >>> 0
    passed.next = words[at + NEXT] >>> 0
    passed.end = words[at + UNTIL] >>> 0
    const count = words[at + ENDED]
    if (count > 0) {
      const list = core.endedRecordsAt(connection, direction)
      for (let i = Math.max(0, count - MOST_ENDED); i < count; i++) {
        const range = list + 2 * (i % MOST_ENDED)
        passed.ended.push(words[range] >>> 0, words[range + 1] >>> 0)
      }
      words[at + ENDED] = 0
    }
    return passed
  }

  private readingAt(connection: number, direction: number): number {
    return this.core.connectionAt(connection) + CONNECTION_READING + direction * READING_WORDS
  }

  /** Numbers beyond 32 bits are read. */
  private write(connection: number, direction: number, interest: number, from: number, until: number): void {
    const { words } = this.core
    const at = this.readingAt(connection, direction)
    words[at + INTEREST] = from >= MOST ? READS : interest
    words[at + NEXT] = from
    words[at + UNTIL] = until
  }
}
