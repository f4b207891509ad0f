import { type CommandDefinition, textOption } from '../command/command.ts'
import { numberOption, requiredOption } from '../command/option-reading.ts'
import { journalFolder } from '../command/state-folder.ts'
import { withServer } from '../connection/connect.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { generatePassword } from '../credentials/generate-password.ts'
import { closeBreakGlass, measuresInForce, takeMeasure, targetName } from '../emergency/temporary-measure.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { quoteName, quoteText } from '../quote.ts'
import { iterationsOf, scramVerifier } from '../roles/scram.ts'
import { Journal } from '../state/journal.ts'
import { writeNewFile } from '../state/new-file.ts'

export const emergencyOpen: CommandDefinition = {
  name: 'emergency open',
  summary: 'Opens the break-glass role for a while, with a password of its own in a new file; the reason is recorded.',
  arguments: [{ name: 'role', description: 'the break-glass role, which normally may not log in' }],
  options: [
    { flags: '--reason <text>', description: 'why' },
    { flags: '--minutes <count>', description: 'how long (default: 60)' },
    { flags: '--to-file <file>', description: 'new file for the password' },
  ],
  changes: 'server',
  example:
    'dbops emergency open app_break_glass --reason "incident 7" --to-file glass --url postgresql://postgres@localhost/app --apply',
  async run(call) {
    const [role] = call.args
    const reason = requiredOption(call, 'reason', '--reason')
    const path = requiredOption(call, 'toFile', '--to-file')
    const until = new Date(call.now().getTime() + numberOption(call, 'minutes', 60, 1, 1440) * 60_000)
    const admin = call.target()
    if (!call.isApplied)
      return {
        summary: `would open ${role} until ${until.toISOString()}; --apply does it`,
        exitCode: EXIT_FINE,
        text: '',
      }
    call.confirm(admin.database, 'opening the break-glass role')
    const place = { journalFolder: journalFolder(call), target: targetName(admin), now: call.now }
    const measure = {
      subject: { kind: 'break-glass', name: role },
      before: 'no login',
      after: 'login',
      until: until.toISOString(),
      reason,
    } as const
    await withServer(admin, async (client) => {
      await requireClosed(client, role)
      await takeMeasure(place, measure, async () => {
        const password = generatePassword()
        writeNewFile(path, `${password.reveal()}\n`)
        const verifier = scramVerifier(password, { iterations: await iterationsOf(client, role) })
        await client.query(
          `alter role ${quoteName(role)} login password ${quoteText(verifier)} valid until ${quoteText(until.toISOString())}`,
        )
      })
    })
    return {
      summary: `${role} is open until ${until.toISOString()}; close it with: dbops emergency close ${role} --apply`,
      exitCode: EXIT_FINE,
      text: '',
      audit: { role, reason, until: until.toISOString() },
    }
  },
}

/** @throws {DbopsError} USAGE, REFUSED for a role that may log in already */
async function requireClosed(client: ServerClient, role: string): Promise<void> {
  const { rows } = await client.query<{ mayLogIn: boolean }>(
    'select rolcanlogin as "mayLogIn" from pg_roles where rolname = $1',
    [role],
  )
  if (rows.length === 0) throw new DbopsError('USAGE', `role ${role} does not exist`)
  if (rows[0].mayLogIn)
    throw new DbopsError('REFUSED', `${role} may log in already: it is no break-glass role, or was never closed`, {
      hint: `dbops emergency close ${role}`,
    })
}

export const emergencyClose: CommandDefinition = {
  name: 'emergency close',
  summary: 'Closes the break-glass role: no login, a password nobody knows, no session.',
  arguments: [{ name: 'role', description: 'the break-glass role' }],
  options: [],
  changes: 'server',
  example: 'dbops emergency close app_break_glass --url postgresql://postgres@localhost/app --apply',
  async run(call) {
    const [role] = call.args
    const admin = call.target()
    if (!call.isApplied) return { summary: `would close ${role}; --apply does it`, exitCode: EXIT_FINE, text: '' }
    const ended = await withServer(admin, (client) => closeBreakGlass(client, role, scramVerifier(generatePassword())))
    for (const { id, subject, target } of measuresInForce(journalFolder(call), call.now()))
      if (subject.kind === 'break-glass' && subject.name === role && target === targetName(admin))
        Journal.open(journalFolder(call), id, call.now).finish()
    return { summary: `${role} is closed, ${ended} session(s) ended`, exitCode: EXIT_FINE, text: '', audit: { role } }
  },
}

export const emergencySuperusers: CommandDefinition = {
  name: 'emergency superusers',
  summary: 'Lists the superusers that really exist, who owns the cluster, and how to get in when none can.',
  options: [{ flags: '--data <folder>', description: 'data folder, for the instruction' }],
  changes: 'nothing',
  isPerTarget: true,
  example: 'dbops emergency superusers --url postgresql://postgres@localhost/postgres',
  async run(call) {
    const rows = await withServer(call.target(), async (client) => {
      const found = await client.query<{ role: string; mayLogIn: boolean; isFirst: boolean }>(
        'select rolname as role, rolcanlogin as "mayLogIn", oid = 10 as "isFirst" from pg_roles where rolsuper order by oid',
      )
      return found.rows
    })
    const data = textOption(call, 'data') ?? 'DATA'
    const lines = [
      ...rows.map(
        ({ role, mayLogIn, isFirst }) =>
          `${role}${isFirst ? '  made this cluster' : ''}${mayLogIn ? '' : '  may not log in'}`,
      ),
      `when none can log in: stop the server, then as its owner: postgres --single -D ${data} postgres`,
    ]
    return { summary: `${rows.length} superuser(s)`, exitCode: EXIT_FINE, text: lines.join('\n'), data: rows }
  },
}
