import type { Check } from '../command/outcome.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { firstMatch } from '../hba/hba-match.ts'
import { formatRule, placeOf } from '../hba/hba-rule.ts'
import { readServerRules } from '../hba/server-rules.ts'

interface Facts {
  readonly is_there: boolean
  readonly logs_in: boolean | null
  readonly is_expired: boolean | null
  readonly has_password: boolean | null
  readonly sessions: number
  readonly connection_limit: number | null
  readonly has_database: boolean
  readonly may_connect: boolean | null
  readonly groups: readonly string[]
}

/** What the server hides from somebody who is refused, asked by an administrator: is it the role, its password, its limit, its right, a rule? */
export async function explainRefusal(
  admin: ServerClient,
  { user, database }: Pick<ConnectionParameters, 'user' | 'database'>,
  from: { readonly address: string | null; readonly isTls: boolean },
): Promise<Check[]> {
  const { rows } = await admin.query<Facts>(
    `select r.oid is not null as is_there, r.rolcanlogin as logs_in, r.rolvaliduntil < now() as is_expired, a.rolpassword is not null as has_password,
      (select count(*)::int from pg_stat_activity where usename = $1) as sessions, r.rolconnlimit as connection_limit,
      exists (select from pg_database where datname = $2 and datallowconn) as has_database,
      case when r.oid is null or d.oid is null then null else has_database_privilege(r.oid, d.oid, 'connect') end as may_connect,
      array(select g.rolname::text from pg_roles g where r.oid is not null and pg_has_role(r.oid, g.oid, 'member')) as groups
    from (select 1) one left join pg_roles r on r.rolname = $1 left join pg_authid a on a.oid = r.oid left join pg_database d on d.datname = $2`,
    [user, database],
  )
  const [facts] = rows
  const limit = facts.connection_limit ?? -1
  const { file, path } = await readServerRules(admin)
  const rule = firstMatch(file.rules, { user, database, groups: facts.groups, isReplication: false, ...from })
  const check = (id: string, title: string, isFine: boolean, evidence: string, remediation: string): Check => ({
    id: `diagnose.${id}`,
    title,
    tier: 'critical',
    verdict: isFine ? 'pass' : 'fail',
    evidence,
    remediation,
  })
  return [
    check('database', 'the database is there', facts.has_database, database, 'create database, or correct the name'),
    check('role', 'the role is there', facts.is_there, user, 'dbops roles plan'),
    ...(facts.is_there
      ? [
          check(
            'login',
            'the role may log in',
            facts.logs_in === true,
            facts.logs_in ? 'login' : 'nologin',
            'dbops rotate status: a retired twin is closed on purpose; else alter role … login',
          ),
          check(
            'expiry',
            'its password has not expired',
            facts.is_expired !== true,
            facts.is_expired ? 'VALID UNTIL is over' : 'valid',
            'dbops rotate run',
          ),
          check(
            'password',
            'it has a password',
            facts.has_password === true || !/scram|md5|password/.test(rule?.method ?? ''),
            facts.has_password ? 'set' : 'none',
            'dbops roles apply --passwords',
          ),
          check(
            'limit',
            'its connection limit is not reached',
            limit < 0 || facts.sessions < limit,
            `${facts.sessions} of ${limit < 0 ? 'any number' : limit}`,
            'dbops monitor connections',
          ),
          check(
            'connect',
            'it may connect to the database',
            facts.may_connect !== false,
            facts.may_connect === false ? 'CONNECT is missing' : 'CONNECT',
            'dbops roles plan',
          ),
        ]
      : []),
    {
      ...check(
        'rule',
        'an access rule lets it in',
        rule !== null && rule.method !== 'reject',
        rule === null ? 'no rule speaks of it' : `${placeOf(rule, path)}: ${formatRule(rule)}`,
        'dbops hba generate, dbops hba apply',
      ),
      location: { file: rule?.file ?? path, line: rule?.line ?? 1 },
    },
  ]
}
