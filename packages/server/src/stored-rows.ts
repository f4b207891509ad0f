import type { Selectable } from 'kysely'
import type { AuditEventRow, ProgressSnapshotRow, SessionRow, TaskRow, UserRow } from './db/schema.ts'

// Rows as they are read; the schema's own types also say what may be left out when they are written.

export type StoredUser = Selectable<UserRow>
export type StoredTask = Selectable<TaskRow>
export type StoredSnapshot = Selectable<ProgressSnapshotRow>
export type StoredSession = Selectable<SessionRow>
export type StoredAuditEvent = Selectable<AuditEventRow>
