import { initialSchema } from './001_initial_schema.ts'
import { addOwnerId } from './002_add_owner_id.ts'
import { addPasswordMustChange } from './003_add_password_must_change.ts'
import { addIndexes } from './004_add_indexes.ts'
import { accounts } from './005_accounts.ts'
import { taskLifecycle } from './006_task_lifecycle.ts'
import { auditTrail } from './007_audit_trail.ts'
import { rowSecurity } from './008_row_security.ts'
import { sharesAndNotes } from './020_shares_and_notes.ts'
import { changeNotices } from './030_change_notices.ts'
import { runningProgress } from './031_running_progress.ts'
import { waitingIndexes } from './032_waiting_indexes.ts'
import type { SchemaStep } from './migration.ts'

/** Every step, in order; the last is `head`. A new one is one file and one line here. */
export const schemaSteps: readonly SchemaStep[] = [
  initialSchema,
  addOwnerId,
  addPasswordMustChange,
  addIndexes,
  accounts,
  taskLifecycle,
  auditTrail,
  rowSecurity,
  sharesAndNotes,
  changeNotices,
  runningProgress,
  waitingIndexes,
]
