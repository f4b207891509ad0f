import type { Check } from '../command/outcome.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { quoteText } from '../quote.ts'
import { settingExpectations } from './expectations.ts'

interface Setting {
  readonly name: string
  readonly value: string
  readonly boot: string | null
  readonly place: string
  readonly isPending: boolean
}

/** Compares what the server uses with what it should; a setting that waits for a restart does not count as used. */
export async function auditSettings(client: ServerClient): Promise<Check[]> {
  const { rows } = await client.query<Setting>(
    `select name, setting as value, boot_val as boot, pending_restart as "isPending",
      case when sourcefile is null then source else sourcefile || ':' || sourceline end as place from pg_settings`,
  )
  const settings = new Map(rows.map((row) => [row.name, row]))
  const checks: Check[] = settingExpectations.flatMap(({ name, tier, recommended, isFine, reason, remedy }) => {
    const found = settings.get(name)
    if (found === undefined) return []
    const verdict = isFine(found.value) ? 'pass' : tier === 'optional' ? 'warn' : 'fail'
    const remediation = remedy ?? `alter system set ${name} = ${quoteText(recommended)}`
    return [
      {
        id: `settings.${name}`,
        title: reason,
        verdict,
        tier,
        evidence: `${found.value} (${found.place})`,
        remediation,
      },
    ]
  })
  const pending = rows.filter(({ isPending }) => isPending).map(({ name }) => name)
  checks.push({
    id: 'settings.pending-restart',
    title: 'no setting waits for a restart',
    verdict: pending.length === 0 ? 'pass' : 'warn',
    tier: 'recommended',
    evidence: pending.length === 0 ? 'none' : `${pending.join(', ')} have no effect before a restart`,
    remediation: 'restart the server',
  })
  return [...checks, ...(await fileChecks(client)), archiveCheck(settings)]
}

/** Lines that the server did not take; the view is not open to everybody. */
async function fileChecks(client: ServerClient): Promise<Check[]> {
  const base = {
    id: 'settings.file',
    title: 'every line of the configuration files is applied',
    tier: 'critical',
  } as const
  const { rows: may } = await client.query<{ may: boolean }>(
    "select has_table_privilege('pg_file_settings', 'select') and has_function_privilege('pg_show_all_file_settings()', 'execute') as may",
  )
  if (!may[0].may)
    return [
      {
        ...base,
        verdict: 'skipped',
        evidence: 'needs: grant select on pg_file_settings, grant execute on function pg_show_all_file_settings()',
      },
    ]
  const { rows } = await client.query<{ name: string; error: string; place: string }>(
    "select name, error, sourcefile || ':' || sourceline as place from pg_file_settings where error is not null and error <> 'setting could not be applied'",
  )
  const evidence = rows.map(({ name, error, place }) => `${place} ${name}: ${error}`).join('; ')
  return [
    { ...base, verdict: rows.length === 0 ? 'pass' : 'fail', evidence: rows.length === 0 ? 'all applied' : evidence },
  ]
}

function archiveCheck(settings: ReadonlyMap<string, Setting>): Check {
  const base = {
    id: 'settings.archive_command',
    title: 'WAL is archived without overwriting',
    tier: 'recommended',
    remediation: "archive_command = 'test ! -f ARCHIVE/%f && cp %p ARCHIVE/%f'",
  } as const
  if (settings.get('archive_mode')?.value === 'off')
    return { ...base, verdict: 'warn', evidence: 'archive_mode is off: no recovery to a point in time' }
  const command = settings.get('archive_command')?.value ?? ''
  const isBareCopy = /^\s*cp\s/.test(command) && !/test !|\[ !|cp -n/.test(command)
  // the command itself may hold a password
  const evidence = isBareCopy ? 'cp without a look whether the file is there' : command === '' ? '(none)' : '(set)'
  return { ...base, verdict: isBareCopy ? 'fail' : 'pass', evidence }
}
