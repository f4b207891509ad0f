import { DatabaseError } from 'pg'
import type { ServerClient } from '../connection/server-client.ts'
import { quoteName, quoteText } from '../quote.ts'
import { findPartitioned, type Partition, type PartitionedTable } from './partitioned-table.ts'
import { dayOf, spanAt, spanLabel } from './periods.ts'
import type { PartitionRule } from './rules.ts'
import type { MaintenanceTask, RulePlan, RuleProblem, TaskResult } from './task.ts'

/** Partitions that are to come and are not there, and those that are older than the rule keeps. */
export async function planPartitions(client: ServerClient, rule: PartitionRule, now: Date): Promise<RulePlan> {
  const found = await findPartitioned(client, rule.table)
  if (typeof found === 'string') return { tasks: [], problems: [problem(rule, found)] }
  const problems: RuleProblem[] = []
  const tasks: MaintenanceTask[] = []
  for (let count = 0; count <= rule.ahead; count++) {
    const span = spanAt(now, rule.every, count)
    const inTheWay = found.partitions.filter(({ from, to }) => from < span.end.getTime() && to > span.start.getTime())
    if (inTheWay.some(({ from, to }) => from <= span.start.getTime() && to >= span.end.getTime())) continue
    const days = `${dayOf(span.start)} to ${dayOf(span.end)}`
    const name = shortName(found.name, `_p${spanLabel(span, rule.every)}`)
    if (inTheWay.length > 0) problems.push(problem(rule, `${inTheWay[0].shown} holds a part of ${days}`))
    else if (found.namesTaken.includes(name)) problems.push(problem(rule, `${name} is the name of another relation`))
    else tasks.push(addTask(found, name, [dayOf(span.start), dayOf(span.end)], `is for ${days}`))
  }
  if (rule.keep !== null) {
    const oldest = spanAt(now, rule.every, -rule.keep).start
    for (const partition of found.partitions)
      if (partition.to <= oldest.getTime()) tasks.push(detachTask(found, partition, `ends before ${dayOf(oldest)}`))
  }
  return { tasks, problems }
}

function problem(rule: PartitionRule, evidence: string): RuleProblem {
  return { rule: `partitions of ${rule.table}`, verdict: 'fail', evidence }
}

/** Made apart and attached, so that readers and writers of the table go on. */
function addTask(
  { shown, schema, owner, tablespace, bound }: PartitionedTable,
  name: string,
  [from, to]: readonly [string, string],
  reason: string,
): MaintenanceTask {
  const object = `${quoteName(schema)}.${quoteName(name)}`
  const place = tablespace === null ? '' : ` tablespace ${quoteName(tablespace)}`
  const sql = [
    `create table ${object} (like ${shown} including all excluding identity excluding indexes excluding statistics)${place}`,
    `alter table ${object} owner to ${quoteName(owner)}`,
    `alter table ${shown} attach partition ${object} for values from (${quoteText(from + bound)}) to (${quoteText(to + bound)})`,
  ].join('; ')
  return { kind: 'add-partition', object, sql, reason }
}

/** A session that was ended while it detached leaves a partition that is neither in nor out. */
function detachTask(table: PartitionedTable, { shown, isHalfDetached }: Partition, reason: string): MaintenanceTask {
  const how = isHalfDetached ? ' finalize' : table.canDetachConcurrently ? ' concurrently' : ''
  return {
    kind: 'detach-partition',
    object: shown,
    sql: `alter table ${table.shown} detach partition ${shown}${how}`,
    reason: `${reason}; its rows stay in it`,
  }
}

/** PostgreSQL cuts names after 63 bytes, which would cut the date. */
function shortName(name: string, ending: string): string {
  let kept = [...name]
  while (Buffer.byteLength(kept.join('') + ending) > 63) kept = kept.slice(0, -1)
  return kept.join('') + ending
}

const CHECK_VIOLATION = '23514'

/** Runs the statements, and looks whether the relation is a partition afterwards. */
export async function changePartition(
  client: ServerClient,
  { kind, object, sql, reason }: MaintenanceTask,
): Promise<TaskResult> {
  try {
    await client.query(sql ?? '')
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== CHECK_VIOLATION) throw error
    return {
      verdict: 'fail',
      evidence: error.message,
      remediation: 'move the rows that belong to it out of the default partition',
    }
  }
  const { rows } = await client.query<{ isPartition: boolean }>(
    'select relispartition as "isPartition" from pg_class where oid = to_regclass($1)',
    [object],
  )
  return rows[0]?.isPartition === (kind === 'add-partition')
    ? { verdict: 'pass', evidence: `${reason}: done` }
    : { verdict: 'fail', evidence: `${sql} ran, and nothing changed` }
}
