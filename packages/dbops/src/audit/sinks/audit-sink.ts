import type { OperationRecord } from '../operations-log.ts'

/** A further place for lines of the operations log; the log itself keeps what was not delivered. */
export interface AuditSink {
  /** For messages; never holds a secret. */
  readonly name: string
  /** Resolves when the other side has the lines, as far as its protocol tells. @throws when it has not */
  deliver(records: readonly OperationRecord[]): Promise<void>
}
