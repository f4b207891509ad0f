import { type CommandDefinition, listOption } from '../command/command.ts'
import { withServer } from '../connection/connect.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE, EXIT_PARTIAL } from '../exit-codes.ts'
import { quoteName } from '../quote.ts'

interface Blocker {
  readonly pid: number
  readonly role: string
  readonly application: string
  readonly state: string
  readonly seconds: number
  readonly blocked: number
}

export const emergencyUnblock: CommandDefinition = {
  name: 'emergency unblock',
  summary: 'Ends the sessions that others wait for and that wait for nobody: the roots of the trees of locks.',
  options: [{ flags: '--pid <number>', description: 'only this one; may be given several times', isRepeatable: true }],
  changes: 'server',
  example: 'dbops emergency unblock --url postgresql://postgres@localhost/app --apply',
  async run(call) {
    const only = listOption(call, 'pid').map(Number)
    const admin = call.target()
    return await withServer(admin, async (client) => {
      const roots = (await rootBlockers(client)).filter(({ pid }) => only.length === 0 || only.includes(pid))
      const text = roots
        .map(
          ({ pid, role, application, state, seconds, blocked }) =>
            `${pid}  ${role}  ${application || 'unnamed'}  ${state} for ${seconds} s  holds up ${blocked}`,
        )
        .join('\n')
      if (!call.isApplied)
        return {
          summary: `would end ${roots.length} session(s); --apply does it`,
          exitCode: EXIT_FINE,
          text,
          data: roots,
        }
      call.confirm(admin.database, 'ending sessions')
      for (const { pid } of roots) await client.query('select pg_terminate_backend($1, 10000)', [pid])
      const left = await rootBlockers(client)
      const isGone = roots.every(({ pid }) => !left.some((one) => one.pid === pid))
      return {
        summary: `ended ${roots.length} session(s), ${left.length} other(s) still hold somebody up`,
        exitCode: isGone ? EXIT_FINE : EXIT_PARTIAL,
        text,
        data: { ended: roots, left },
        audit: { ended: roots.map(({ pid, role }) => ({ pid, role })) },
      }
    })
  },
}

/** Who holds up others and waits for nobody, with the number of those who wait because of them, directly or not. */
async function rootBlockers(client: ServerClient): Promise<Blocker[]> {
  const { rows } = await client.query<Blocker>(`
    with recursive waits as (select pid, unnest(pg_blocking_pids(pid)) as blocker from pg_stat_activity),
      tree as (
        select blocker as root, pid from waits where blocker not in (select pid from waits)
        union select tree.root, waits.pid from tree join waits on waits.blocker = tree.pid)
    select a.pid, coalesce(a.usename, 'nobody')::text as role, a.application_name as application, coalesce(a.state, a.backend_type) as state,
      round(extract(epoch from clock_timestamp() - coalesce(a.state_change, a.backend_start)))::int as seconds, count(*)::int as blocked
    from tree join pg_stat_activity a on a.pid = tree.root where a.pid <> pg_backend_pid() group by a.pid, 2, 3, 4, 5 order by blocked desc`)
  return rows
}

export const emergencyReadOnly: CommandDefinition = {
  name: 'emergency read-only',
  summary:
    'Lets new sessions of a database only read, and ends the others; off lets them write again. A session may still undo it for itself.',
  arguments: [{ name: 'state', description: 'on or off' }],
  options: [],
  changes: 'server',
  example: 'dbops emergency read-only on --url postgresql://postgres@localhost/app --apply',
  async run(call) {
    const [state] = call.args
    if (state !== 'on' && state !== 'off') throw new DbopsError('USAGE', `"${state}" is neither on nor off`)
    const admin = call.target()
    const name = quoteName(admin.database)
    const change =
      state === 'on'
        ? `alter database ${name} set default_transaction_read_only = on`
        : `alter database ${name} reset default_transaction_read_only`
    if (!call.isApplied)
      return { summary: 'plan only; --apply does it', exitCode: EXIT_FINE, text: `${change}\nend all other sessions` }
    call.confirm(admin.database, 'making a database read-only')
    const ended = await withServer(admin, async (client) => {
      // the session that undoes it begins read-only itself
      await client.query('set default_transaction_read_only = off')
      await client.query(change)
      const { rowCount } = await client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`,
      )
      return rowCount ?? 0
    })
    return {
      summary: `${admin.database} is ${state === 'on' ? 'read-only' : 'writable'} for new sessions, ${ended} other(s) ended`,
      exitCode: EXIT_FINE,
      text: '',
      audit: { database: admin.database, state },
    }
  },
}
