import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { Call, CommandDefinition } from '../command/command.ts'
import type { Outcome } from '../command/outcome.ts'
import { journalFolder } from '../command/state-folder.ts'
import { withServer } from '../connection/connect.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { parseHba } from '../hba/hba-rule.ts'
import type { FileSettings } from '../settings/settings-file.ts'
import { Journal } from '../state/journal.ts'
import { type ChangeKind, changeKinds, type RolesBefore, readPair, type SettingsBefore } from './kept-before.ts'
import type { SchemaBefore } from './migration-target.ts'
import { planOf, wayBack } from './rollback.ts'
import { type DeploymentBefore, filesPlan } from './rollback-keep.ts'
import { rehearseSchema } from './rollback-schema.ts'

export const rollbackShow: CommandDefinition = {
  name: 'rollback show',
  summary:
    'What taking a change back would bring, when the change was made, and the command; --rehearse tries it and leaves nothing.',
  arguments: [{ name: 'id', description: 'of the change, as rollback list tells it' }],
  options: [
    {
      flags: '--rehearse',
      description:
        'roles and schema: run the statements and roll them back; settings, rules, certificates and files: hold them against the server',
    },
  ],
  changes: 'nothing',
  example: 'dbops rollback show roles-1a2b3c4d --rehearse --url postgresql://postgres@localhost/app',
  async run(call): Promise<Outcome> {
    const { entry } = Journal.open(journalFolder(call), call.args[0], call.now)
    const way = wayBack(entry)
    const kind = changeKinds.find((one) => one === entry.kind)
    const before = (entry.payload as { before?: unknown } | null)?.before
    const facts = [`${entry.kind} of ${entry.target}, ${entry.startedAt}, ${entry.status}`]
    const plan = kind === undefined || way === null ? [] : [planOf(kind, before)]
    const isRehearsed = call.options.rehearse === true
    if (isRehearsed && (kind === undefined || way === null))
      throw new DbopsError('USAGE', `${entry.id} is a ${entry.kind} that cannot be rehearsed`, {
        hint: way ?? 'it cannot be taken back',
      })
    const tried = isRehearsed && kind !== undefined ? await rehearse(call, kind, before) : []
    return {
      summary: way === null ? 'it cannot be taken back' : `${tried.length === 0 ? '' : 'rehearsed; '}${way} --apply`,
      exitCode: EXIT_FINE,
      text: [...facts, ...plan, ...tried].join('\n'),
      data: {
        id: entry.id,
        kind: entry.kind,
        target: entry.target,
        at: entry.startedAt,
        status: entry.status,
        command: way,
        rehearsal: tried,
      },
    }
  },
}

/** Tries what can be tried without leaving anything. @throws {DbopsError} what the server says against it */
async function rehearse(call: Call, kind: ChangeKind, before: unknown): Promise<string[]> {
  if (kind === 'schema') return await rehearseSchema(call, before as SchemaBefore)
  if (kind === 'deployment') {
    const { schema } = before as DeploymentBefore
    const files = filesPlan(before as DeploymentBefore)
    return [...files, ...(schema === null ? [] : await rehearseSchema(call, schema))]
  }
  const server = call.target()
  if (kind === 'roles') {
    const { database, statements } = before as RolesBefore
    await withServer({ ...server, database }, async (client) => {
      await client.query('begin')
      try {
        for (const sql of statements) await client.query(sql)
      } finally {
        await client.query('rollback')
      }
    })
    return [`${statements.length} statement(s) ran and were rolled back`]
  }
  if (kind === 'conf') return await withServer(server, (client) => rehearseSettings(client, before as SettingsBefore))
  if (kind === 'conf-file')
    return await withServer(server, (client) => rehearseSettings(client, (before as FileSettings).wanted))
  if (kind === 'hba') {
    const [broken] = parseHba(String(before)).errors
    if (broken !== undefined) throw new DbopsError('CHECK_FAILED', `line ${broken.line}: ${broken.message}`)
    return ['every line can be read; whether it lets you in is proven when it is applied']
  }
  const { certificatePem, keyPem } = readPair(String(before))
  const certificate = new X509Certificate(certificatePem)
  if (!certificate.checkPrivateKey(createPrivateKey(keyPem.reveal())))
    throw new DbopsError('CHECK_FAILED', 'the kept key does not belong to the kept certificate')
  if (Date.parse(certificate.validTo) < call.now().getTime())
    throw new DbopsError('CHECK_FAILED', `the kept certificate is over since ${certificate.validTo}`)
  return [`the pair fits and is good until ${certificate.validTo}`]
}

/** Which settings wait for a restart; one that the server does not know, or would refuse, fails. */
async function rehearseSettings(client: ServerClient, before: SettingsBefore): Promise<string[]> {
  const lines: string[] = []
  for (const [name, value] of Object.entries(before)) {
    const { rows } = await client.query<{ context: string; isRefused: boolean | null }>(
      `select context, case when $2::text is null then false
          when vartype = 'enum' then not lower($2) = any(enumvals)
          when vartype = 'bool' then $2 !~* '^(on|off|true|false|yes|no|0|1)$' end as "isRefused"
        from pg_settings where name = lower($1)`,
      [name, value],
    )
    if (rows.length === 0) throw new DbopsError('CHECK_FAILED', `this server has no setting ${name}`)
    if (rows[0].isRefused === true) throw new DbopsError('CHECK_FAILED', `${name} cannot be ${value}`)
    if (rows[0].context === 'postmaster') lines.push(`${name} waits for a restart`)
  }
  return [...lines, `${Object.keys(before).length} setting(s) are known here`]
}
