import { type Call, type CommandDefinition, textOption } from '../command/command.ts'
import { numberOption, requiredOption } from '../command/option-reading.ts'
import { journalFolder } from '../command/state-folder.ts'
import { withServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import { withServerLock } from '../connection/server-lock.ts'
import {
  connectionLimitOf,
  describeSubject,
  EMERGENCY_LOCK,
  type MeasureSubject,
  setConnectionLimit,
  takeMeasure,
  targetName,
} from '../emergency/temporary-measure.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { applySettings } from '../settings/apply-settings.ts'

export const emergencyRaise: CommandDefinition = {
  name: 'emergency raise',
  summary:
    'Raises the connection limit of a role or database, or a setting that needs no restart, for a while; emergency expire takes it back.',
  options: [
    { flags: '--role <name>', description: 'connection limit of this role' },
    { flags: '--database <name>', description: 'connection limit of this database' },
    { flags: '--setting <name>', description: 'this setting of the server' },
    { flags: '--to <value>', description: 'the new limit, none for no limit, or the new value' },
    { flags: '--minutes <count>', description: 'how long (default: 60)' },
    { flags: '--reason <text>', description: 'why; it is recorded' },
  ],
  changes: 'server',
  example:
    'dbops emergency raise --role app_a --to 80 --minutes 30 --reason "incident 7" --url postgresql://postgres@localhost/app --apply',
  async run(call) {
    const subject = subjectOf(call)
    const reason = requiredOption(call, 'reason', '--reason')
    const to = requiredOption(call, 'to', '--to')
    const until = new Date(call.now().getTime() + numberOption(call, 'minutes', 60, 1, 10_080) * 60_000).toISOString()
    const server = call.target()
    const place = { journalFolder: journalFolder(call), target: targetName(server), now: call.now }
    const { before, after, notes } = await (subject.kind === 'setting'
      ? settingChange(server, subject.name, to)
      : limitChange(server, subject, to))
    const deed = `${describeSubject(subject)}: ${before ?? 'its default'} → ${after} until ${until}`
    const text = notes.map((note) => `note: ${note}`).join('\n')
    if (!call.isApplied)
      return { summary: `${deed}; --apply does it`, exitCode: EXIT_FINE, text, data: { before, after, until } }
    call.confirm(server.database, 'raising a limit')
    const id = await withServerLock(server, EMERGENCY_LOCK, () =>
      takeMeasure(place, { subject, before, after, until, reason }, async () => {
        if (subject.kind === 'setting') await applySettings(server, { [subject.name]: after })
        else await withServer(server, (client) => setConnectionLimit(client, subject, Number(after)))
      }),
    )
    return {
      summary: `${deed}; dbops emergency expire --apply takes it back then`,
      exitCode: EXIT_FINE,
      text,
      data: { id, before, after, until },
      audit: { journal: id, subject, before, after, until, reason },
    }
  },
}

/** @throws {DbopsError} USAGE unless exactly one thing is named */
function subjectOf(call: Call): MeasureSubject {
  const kinds = { role: 'role-limit', database: 'database-limit', setting: 'setting' } as const
  const named = (['role', 'database', 'setting'] as const).flatMap((option) => {
    const name = textOption(call, option)
    return name === null ? [] : [{ kind: kinds[option], name }]
  })
  if (named.length !== 1)
    throw new DbopsError('USAGE', 'exactly one of --role, --database and --setting says what is raised')
  return named[0]
}

interface Change {
  readonly before: string | null
  readonly after: string
  readonly notes: readonly string[]
}

async function limitChange(server: ConnectionParameters, subject: MeasureSubject, to: string): Promise<Change> {
  const after = to === 'none' ? -1 : /^\d{1,5}$/.test(to) ? Number(to) : Number.NaN
  if (Number.isNaN(after)) throw new DbopsError('USAGE', `--to "${to}" is neither a number of sessions nor none`)
  return await withServer(server, async (client) => {
    const before = await connectionLimitOf(client, subject)
    if (before < 0 || (after >= 0 && after <= before))
      throw new DbopsError('USAGE', `${describeSubject(subject)} is ${before < 0 ? 'none' : before} already`, {
        hint: 'this command only raises',
      })
    const { rows } = await client.query<{ free: number }>(
      "select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as free",
    )
    const [{ free }] = rows
    const isWide = after < 0 || after > free
    const note = `the server has ${free} sessions for everybody: dbops conf capacity tells what fits`
    return { before: String(before), after: String(after), notes: isWide ? [note] : [] }
  })
}

/** @throws {DbopsError} REFUSED for a setting that counts only after a restart, USAGE for one that is unknown */
async function settingChange(server: ConnectionParameters, name: string, to: string): Promise<Change> {
  return await withServer(server, async (client) => {
    const { rows } = await client.query<{ context: string; value: string; system: string | null }>(
      `select context, current_setting(name) as value, (select setting from pg_file_settings f
          where f.name = s.name and sourcefile ~ 'postgresql\\.auto\\.conf$' order by seqno desc limit 1) as system
        from pg_settings s where name = $1`,
      [name],
    )
    if (rows.length === 0) throw new DbopsError('USAGE', `setting ${name} is unknown to this server`)
    const [{ context, value, system }] = rows
    if (context === 'postmaster' || context === 'internal')
      throw new DbopsError('REFUSED', `${name} counts only after a restart: nothing for a while`, {
        hint: `dbops conf apply --set ${name}=${to} --restart COMMAND`,
      })
    if (value === to) throw new DbopsError('USAGE', `${name} is ${to} already`)
    return {
      before: system,
      after: to,
      notes: system === null ? [`it is ${value} now, by its file or its default`] : [],
    }
  })
}
