import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Call, CommandDefinition } from '../command/command.ts'
import type { Outcome } from '../command/outcome.ts'
import { journalFolder } from '../command/state-folder.ts'
import { withServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import { withServerLock } from '../connection/server-lock.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { applyHba } from '../hba/hba-apply.ts'
import { inTransaction } from '../roles/apply-roles.ts'
import { readRoleState } from '../roles/role-state.ts'
import { type RoleUndo, undoRoles } from '../roles/undo-roles.ts'
import { isRotation } from '../rotation/rotation.ts'
import { Secret } from '../secret.ts'
import { applySettings } from '../settings/apply-settings.ts'
import { applySettingsFile, type FileSettings } from '../settings/settings-file.ts'
import { atomicWrite, privateFolder } from '../state/atomic-write.ts'
import { Journal, type JournalEntry, listJournal } from '../state/journal.ts'
import type { IssuedCertificate } from '../tls/certificates.ts'
import { pairsFolder } from '../tls/kept-pairs.ts'

/** Changes that `rollback to` takes back. */
export const changeKinds = ['conf', 'conf-file', 'hba', 'roles', 'tls'] as const
export type ChangeKind = (typeof changeKinds)[number]

/** What a change that is over left to take it back with. */
export type SettingsBefore = Readonly<Record<string, string | null>>

export interface RolesBefore extends RoleUndo {
  readonly database: string
  readonly schemas: readonly string[]
}

/** Keeps what stood before a change, so that `rollback to` can bring it back. */
export function keepBefore(call: Call, kind: ChangeKind, before: unknown): string {
  const target = call.target()
  const journal = Journal.begin(
    journalFolder(call),
    { kind, target: `${target.hosts[0].host}:${target.hosts[0].port}`, payload: { before } },
    call.now,
  )
  journal.finish()
  return journal.entry.id
}

/** Keeps a replaced pair: the journal names it, the key lies in a folder that only we may enter. */
export function keepPair(call: Call, { certificatePem, keyPem }: IssuedCertificate): string {
  const folder = privateFolder(join(pairsFolder(call.stateFolder), randomUUID()))
  atomicWrite(join(folder, 'server.crt'), certificatePem)
  atomicWrite(join(folder, 'server.key'), keyPem.reveal())
  return keepBefore(call, 'tls', folder)
}

export const rollbackList: CommandDefinition = {
  name: 'rollback list',
  summary: 'Changes that can be taken back, and the command for each.',
  options: [],
  changes: 'nothing',
  example: 'dbops rollback list',
  run(call) {
    const all = listJournal(journalFolder(call)).flatMap((entry) => {
      const way = wayBack(entry)
      return way === null ? [] : [{ id: entry.id, target: entry.target, at: entry.startedAt, command: way }]
    })
    return {
      summary: `${all.length} change(s) can be taken back`,
      exitCode: EXIT_FINE,
      text: all.map(({ id, target, at, command }) => `${id}  ${target}  ${at}  ${command}`).join('\n'),
      data: all,
    }
  },
}

export const rollbackTo: CommandDefinition = {
  name: 'rollback to',
  summary:
    'Brings back the settings, access rules, roles and grants, or certificate from before a change, with the same proof as the change itself.',
  arguments: [{ name: 'id', description: 'of the change, as rollback list tells it' }],
  options: [],
  changes: 'server',
  example: 'dbops rollback to hba-1a2b3c4d --url postgresql://postgres@%2Frun%2Fpostgresql/postgres --apply',
  async run(call): Promise<Outcome> {
    const { entry } = Journal.open(journalFolder(call), call.args[0], call.now)
    const kind = changeKinds.find((one) => one === entry.kind)
    if (kind === undefined)
      throw new DbopsError('USAGE', `${entry.id} is a ${entry.kind}`, {
        hint: wayBack(entry) ?? 'it cannot be taken back',
      })
    const { before } = entry.payload as { before: unknown }
    if (!call.isApplied)
      return { summary: 'plan only; --apply does it', exitCode: EXIT_FINE, text: planOf(kind, before) }
    const id = await takeBack(call, kind, before)
    return {
      summary: `what stood before ${entry.id} is back; ${id} would undo this`,
      exitCode: EXIT_FINE,
      text: '',
      data: { id },
      audit: { journal: entry.id },
    }
  },
}

/** Does it, and keeps what it replaced in turn. */
async function takeBack(call: Call, kind: ChangeKind, before: unknown): Promise<string> {
  const server = call.target()
  if (kind === 'hba') return keepBefore(call, kind, (await applyHba({ server, text: String(before) })).before)
  if (kind === 'conf') return keepBefore(call, kind, (await applySettings(server, before as SettingsBefore)).before)
  if (kind === 'conf-file') {
    const { name, wanted } = before as FileSettings
    return keepBefore(call, kind, { name, wanted: (await applySettingsFile(server, { name, wanted })).before })
  }
  if (kind === 'roles') return keepBefore(call, kind, await applyUndo(server, before as RolesBefore))
  const pair = readPair(String(before))
  const { installCertificate } = await import('../tls/install-certificate.ts')
  const { before: replaced } = await installCertificate({ server, ...pair, host: null, now: call.now() })
  return keepPair(call, replaced ?? pair)
}

async function applyUndo(server: ConnectionParameters, before: RolesBefore): Promise<RolesBefore> {
  const { database, schemas, statements } = before
  return await withServer({ ...server, database }, async (client) => {
    const state = await readRoleState(client, schemas)
    await withServerLock(server, `roles ${database}`, () => inTransaction(client, statements))
    return { database, schemas, ...undoRoles(await readRoleState(client, schemas), state) }
  })
}

/** @throws {DbopsError} REFUSED when it was cleaned up */
export function readPair(folder: string): IssuedCertificate {
  if (!existsSync(folder))
    throw new DbopsError('REFUSED', 'the pair from before this change was deleted', {
      hint: 'dbops tls renew issues a new one',
    })
  return {
    certificatePem: readFileSync(join(folder, 'server.crt'), 'utf8'),
    keyPem: new Secret(readFileSync(join(folder, 'server.key'), 'utf8')),
  }
}

export function planOf(kind: ChangeKind, before: unknown): string {
  if (kind === 'hba') return String(before)
  if (kind === 'conf') return settingsPlan(before as SettingsBefore)
  if (kind === 'conf-file') return filePlan(before as FileSettings)
  if (kind === 'tls') return readPair(String(before)).certificatePem
  const { statements, notes } = before as RolesBefore
  return [...statements.map((sql) => `${sql};`), ...notes.map((note) => `-- note: ${note}`)].join('\n')
}

function settingsPlan(before: SettingsBefore): string {
  return Object.entries(before)
    .map(([name, value]) => (value === null ? `alter system reset ${name}` : `alter system set ${name} = '${value}'`))
    .join('\n')
}

function filePlan({ name, wanted }: FileSettings): string {
  const lines = Object.entries(wanted).map(([key, value]) =>
    value === null ? `-- without ${key}` : `${key} = '${value}'`,
  )
  return [`-- ${name}`, ...lines].join('\n')
}

/** The command that takes a change back; null when there is none. */
export function wayBack({ id, kind, status, payload }: JournalEntry): string | null {
  if (status !== 'done') return null
  if (kind === 'tls' && !existsSync(String((payload as { before?: unknown }).before))) return null
  if (changeKinds.some((one) => one === kind)) return `dbops rollback to ${id}`
  if (isRotation({ kind })) return `dbops rotate rollback ${id}`
  const isSwap = kind === 'restore' && (payload as { live?: unknown } | null)?.live !== undefined
  return isSwap ? `dbops backup undo ${id}` : null
}
