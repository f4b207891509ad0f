import type { Check } from '../command/outcome.ts'
import type { ServerClient } from '../connection/server-client.ts'
import type { JournalEntry } from '../state/journal.ts'

interface Login {
  readonly name: string
  readonly rights: readonly string[]
  readonly groups: readonly string[]
  readonly databases: readonly string[]
  readonly validUntil: string | null
  readonly sessions: number
  readonly ownedDatabases: readonly string[]
}

const CONTROLS = ['ISO 27001 A.5.18', 'SOC 2 CC6.2', 'CIS 4.1']

/** Every login with what it may do, for somebody who says whether it is still needed; what is too much anyway fails by itself. */
export async function accessReview(client: ServerClient, rotations: readonly JournalEntry[]): Promise<Check[]> {
  const { rows } = await client.query<Login>(`
    select r.rolname as name, r.rolvaliduntil::text as "validUntil",
      array_remove(array[case when rolsuper then 'superuser' end, case when rolcreaterole then 'makes roles' end,
        case when rolcreatedb then 'makes databases' end, case when rolreplication then 'replicates' end,
        case when rolbypassrls then 'bypasses policies' end], null) as rights,
      array(select g.rolname::text from pg_roles g where g.oid <> r.oid and not r.rolsuper and pg_has_role(r.oid, g.oid, 'member') order by 1) as groups,
      array(select datname::text from pg_database d where datallowconn and has_database_privilege(r.oid, d.oid, 'connect') order by 1) as databases,
      array(select datname::text from pg_database d where d.datdba = r.oid order by 1) as "ownedDatabases",
      (select count(*)::int from pg_stat_activity a where a.usesysid = r.oid) as sessions
    from pg_roles r where rolcanlogin order by rolsuper desc, 1`)
  return rows.map((login): Check => {
    const rotated = rotations.findLast(({ target }) => target.split(',').includes(login.name))
    const facts = [
      login.rights.join(', ') || 'no special right',
      `in ${login.groups.join(', ') || 'no group'}`,
      `enters ${login.databases.join(', ') || 'no database'}`,
      ...(login.ownedDatabases.length === 0 ? [] : [`owns ${login.ownedDatabases.join(', ')}`]),
      `${login.sessions} session(s) now`,
      rotated === undefined ? 'never rotated from here' : `rotated ${rotated.startedAt.slice(0, 10)}`,
      login.validUntil === null || login.validUntil === 'infinity' ? 'without an end' : `until ${login.validUntil}`,
    ]
    return {
      id: `access.${login.name}`,
      title: `${login.name} is still needed`,
      tier: login.rights.includes('superuser') ? 'critical' : 'recommended',
      verdict: 'manual',
      evidence: facts.join('; '),
      remediation: `dbops roles retire ${login.name}, or: dbops signoff add access.${login.name} --by … --until … --reason …`,
      references: CONTROLS,
    }
  })
}
