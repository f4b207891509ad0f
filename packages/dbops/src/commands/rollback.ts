import { existsSync } from 'node:fs'
import { type Call, type CommandDefinition, listOption } from '../command/command.ts'
import type { Outcome } from '../command/outcome.ts'
import { journalFolder } from '../command/state-folder.ts'
import { withServer } from '../connection/connect.ts'
import { testConnection } from '../connection/connection-test.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE, EXIT_PARTIAL } from '../exit-codes.ts'
import { defaultLimits } from '../health/limits.ts'
import { serverHealth } from '../health/server-probes.ts'
import { runReloadHooks } from '../hooks.ts'
import { isRotation } from '../rotation/rotation.ts'
import type { FileSettings } from '../settings/settings-file.ts'
import { Journal, type JournalEntry, listJournal } from '../state/journal.ts'
import { bringBack, isBroughtBack } from './keep-or-undo.ts'
import {
  type ChangeKind,
  changeKinds,
  keepBefore,
  keepPair,
  type RolesBefore,
  readPair,
  type SettingsBefore,
} from './kept-before.ts'
import type { SchemaBefore } from './migration-target.ts'
import { type DeploymentBefore, filesPlan, keepDeployment, putBack } from './rollback-keep.ts'
import { schemaBack } from './rollback-schema.ts'

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
    'Brings back the settings, access rules, roles and grants, certificate, schema or files from before a change, with the same proof as the change itself.',
  arguments: [{ name: 'id', description: 'of the change, as rollback list tells it' }],
  options: [
    { flags: '--accept-loss', description: 'take the schema back although data goes with it' },
    {
      flags: '--hook <command>',
      description: 'run in a shell afterwards, such as docker compose up -d; repeatable',
      isRepeatable: true,
    },
  ],
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
    if (kind === 'schema' || kind === 'deployment') confirmSchema(call, kind, before)
    const id = await takeBack(call, kind, before)
    const failedHooks = await runReloadHooks(listOption(call, 'hook'), call.progress)
    const after = kind === 'deployment' && (before as DeploymentBefore).schema === null ? [] : await lookAfter(call)
    const isPartial = failedHooks.length > 0
    return {
      summary: `what stood before ${entry.id} is back; ${id} would undo this${isPartial ? `; ${failedHooks.length} hook(s) failed` : ''}`,
      exitCode: isPartial ? EXIT_PARTIAL : EXIT_FINE,
      text: [...after, ...failedHooks].join('\n'),
      data: { id, after, failedHooks },
      audit: { journal: entry.id },
    }
  },
}

function confirmSchema(call: Call, kind: ChangeKind, before: unknown): void {
  const schema = kind === 'schema' ? (before as SchemaBefore) : (before as DeploymentBefore).schema
  if (schema !== null) call.confirm(call.target().database, 'taking back the schema')
}

/** The server is asked again from the beginning. @throws {DbopsError} INTEGRITY when nobody gets in any more */
async function lookAfter(call: Call): Promise<string[]> {
  const server = call.target()
  const { failure, facts } = await testConnection(server)
  if (failure !== null)
    throw new DbopsError('INTEGRITY', `it is taken back, and the connection fails: ${failure.message}`, {
      cause: failure,
    })
  const options = {
    isRecoveryAllowed: true,
    backups: null,
    limits: defaultLimits,
    stateFolder: call.stateFolder,
    now: call.now(),
  }
  const checks = Object.entries(await withServer(server, (client) => serverHealth(client, options)))
  const bad = checks.filter(([, { status }]) => status !== 'pass').map(([name, { message }]) => `${name}: ${message}`)
  return [`${facts?.user} gets in; health: ${bad.join('; ') || 'well'}`]
}

/** Does it, and keeps what it replaced in turn. */
async function takeBack(call: Call, kind: ChangeKind, before: unknown): Promise<string> {
  if (kind === 'deployment') return await deploymentBack(call, before as DeploymentBefore)
  const server = call.target()
  if (isBroughtBack(kind)) return keepBefore(call, kind, await bringBack(server, kind, before))
  if (kind === 'schema') return keepBefore(call, kind, await schemaBack(call, before as SchemaBefore))
  const pair = readPair(String(before))
  const { installCertificate } = await import('../tls/install-certificate.ts')
  const { before: replaced } = await installCertificate({ server, ...pair, host: null, now: call.now() })
  return keepPair(call, replaced ?? pair)
}

/** The schema first: where that is refused, nothing has changed. */
async function deploymentBack(call: Call, before: DeploymentBefore): Promise<string> {
  filesPlan(before)
  const schema = before.schema === null ? null : await schemaBack(call, before.schema)
  const there = before.files.map(({ path }) => path).filter((path) => existsSync(path))
  const id = keepDeployment(call, there, schema)
  putBack(before)
  return id
}

export function planOf(kind: ChangeKind, before: unknown): string {
  if (kind === 'hba') return String(before)
  if (kind === 'conf') return settingsPlan(before as SettingsBefore)
  if (kind === 'conf-file') return filePlan(before as FileSettings)
  if (kind === 'tls') return readPair(String(before)).certificatePem
  if (kind === 'schema') return schemaPlan(before as SchemaBefore)
  if (kind === 'deployment') {
    const { schema } = before as DeploymentBefore
    return [...filesPlan(before as DeploymentBefore), ...(schema === null ? [] : [schemaPlan(schema)])].join('\n')
  }
  const { statements, notes } = before as RolesBefore
  return [...statements.map((sql) => `${sql};`), ...notes.map((note) => `-- note: ${note}`)].join('\n')
}

function schemaPlan({ folder, version }: SchemaBefore): string {
  return `the schema goes to ${version ?? 'nothing'} by the migrations of ${folder}`
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
