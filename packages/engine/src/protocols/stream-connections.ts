/**
 * What dissectors know of connections, and say of them: how far they look into each direction, so that segments nobody reads need not
 * be shown. What is not said is read. Numbers are relative sequence numbers.
 */
export interface StreamConnections {
  /** Destination of the pure SYN or source of the SYN+ACK, last seen; 0 if none was. */
  serverPort(connection: number): number
  readAll(connection: number): void
  passAll(connection: number): void
  read(connection: number, direction: number): void
  /** Whole segments from `from` on only get the name of a protocol. */
  name(connection: number, direction: number, protocol: number, from: number): void
  /** Whole segments that follow each other from `from` on are passed over, as long as they end before `until`. */
  skip(connection: number, direction: number, from: number, until: number): void
  /** Said of a direction after how far it is looked into: bare FINs are heard too, as its end ends a message. */
  hearFin(connection: number, direction: number): void
  /** The number up to which a direction that skips was passed over; -1 where nothing is skipped. */
  skippedTo(connection: number, direction: number): number
  /**
   * Whole segments that hold nothing but records that nobody reads are passed over, and named by the protocol where they touch the start
   * or the end of one; with `restToo` also what is no record, to the end of its segment. `next` comes next within the record `[start, end)`
   * under way; both ends are `next` between records.
   */
  passRecords(
    connection: number,
    direction: number,
    protocol: number,
    restToo: boolean,
    start: number,
    next: number,
    end: number,
  ): void
  /** Where a direction whose records are passed over is, with those that ended since it was asked last; null for others. Borrowed. */
  recordsPassed(connection: number, direction: number): RecordsPassed | null
}

export interface RecordsPassed {
  /** Starts and ends of the latest records that took several segments, the one that was under way included. */
  readonly ended: readonly number[]
  readonly start: number
  readonly next: number
  readonly end: number
}
