import type { Transaction } from 'kysely'
import type { Database } from '../db/schema.ts'

/** Removes what rows beside a task tell of its capture: notes, first findings, and who else might have read it. */
export async function forgetContent(transaction: Transaction<Database>, taskId: string): Promise<void> {
  await transaction.deleteFrom('finding_notes').where('task_id', '=', taskId).execute()
  await transaction.deleteFrom('report_shares').where('task_id', '=', taskId).execute()
  await transaction
    .deleteFrom('progress_snapshots')
    .where('task_id', '=', taskId)
    .where('phase', '=', 'provisional')
    .execute()
}
