import type { Kysely } from 'kysely'
import type { Database } from '../db/schema.ts'

/** How far an analysis is. */
export interface Snapshot {
  readonly phase: string
  readonly progressPercent: number
  readonly packetsProcessed: number | null
  readonly totalPackets: number | null
  readonly currentAnalyzer: string | null
  readonly message: string | null
}

/** Phases in which how many packets there are is not known yet. */
const estimating: readonly (string | null)[] = ['starting', 'provisional', 'reading']

/** Whether the number of all packets is an estimate in this phase. */
export function isEstimated(phase: string | null): boolean {
  return estimating.includes(phase)
}

/** Stores a snapshot; its id is what `Last-Event-ID` speaks of. */
export async function addSnapshot(
  query: Kysely<Database>,
  taskId: string,
  snapshot: Snapshot,
  now: Date,
): Promise<void> {
  await query
    .insertInto('progress_snapshots')
    .values({
      task_id: taskId,
      phase: snapshot.phase,
      progress_percent: snapshot.progressPercent,
      packets_processed: snapshot.packetsProcessed,
      total_packets: snapshot.totalPackets,
      current_analyzer: snapshot.currentAnalyzer,
      message: snapshot.message,
      timestamp: now.toISOString(),
    })
    .execute()
}
