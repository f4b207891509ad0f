import { type RawBuilder, sql } from 'kysely'

export const MOST_ATTEMPTS = 3

/**
 * Row-level security hides from the planner how few rows its conditions leave; it is told to walk indexes, for one transaction, and not to
 * compile what is done in a millisecond.
 */
export const WALK_INDEXES = sql`select set_config('jit', 'off', true), set_config('enable_sort', 'off', true),
  set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)`

/**
 * The task to claim at a time: of the user with the fewest under way, the one that has waited longest. It steps over an index from the
 * first task of one user who waits to the first of the next, so that it looks at as many rows as users wait and tasks are under way,
 * however many tasks wait behind them.
 */
export function nextTask(at: string): RawBuilder<{ task_id: string }> {
  const first = sql`order by t.owner_id, t.uploaded_at, t.task_id limit 1`
  const ofOwner = sql`from tasks t where t.status = 'pending' and t.owner_id = owners.owner_id ${first}`
  return sql<{ task_id: string }>`
    with recursive busy as (
      select owner_id, count(*) as under_way from tasks where status = 'processing' and lease_until >= ${at} group by owner_id
    ), owners (owner_id) as (
      select * from (select t.owner_id from tasks t where t.status = 'pending' and t.owner_id is not null ${first}) as lowest
      union all
      select (select t.owner_id from tasks t where t.status = 'pending' and t.owner_id > owners.owner_id ${first})
      from owners where owners.owner_id is not null
    ), candidates (task_id, uploaded_at, owner_id) as (
      select (select t.task_id ${ofOwner}), (select t.uploaded_at ${ofOwner}), owner_id from owners where owner_id is not null
      union all
      select * from (
        select t.task_id, t.uploaded_at, t.owner_id from tasks t where t.status = 'pending' and t.owner_id is null ${first}
      ) as of_nobody
      union all
      select task_id, uploaded_at, owner_id from tasks
      where status = 'processing' and lease_until < ${at} and attempts < ${MOST_ATTEMPTS}
    )
    select task_id from candidates left join busy on busy.owner_id = candidates.owner_id
    order by coalesce(busy.under_way, 0), uploaded_at, task_id
    limit 1`
}
