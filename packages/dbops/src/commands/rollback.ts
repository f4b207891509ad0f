import type { Call, CommandDefinition } from '../command/command.ts'
import type { Outcome } from '../command/outcome.ts'
import { journalFolder } from '../command/state-folder.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { applyHba } from '../hba/hba-apply.ts'
import { applySettings } from '../settings/apply-settings.ts'
import { Journal, type JournalEntry, listJournal } from '../state/journal.ts'

/** What a change that is over left to take it back with. */
type SettingsBefore = Readonly<Record<string, string | null>>

/** Keeps what stood before a change, so that `rollback to` can bring it back. */
export function keepBefore(call: Call, kind: 'conf' | 'hba', before: unknown): string {
  const target = call.target()
  const journal = Journal.begin(
    journalFolder(call),
    { kind, target: `${target.hosts[0].host}:${target.hosts[0].port}`, payload: { before } },
    call.now,
  )
  journal.finish()
  return journal.entry.id
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
  summary: 'Brings back the settings or access rules from before a change, with the same proof as the change itself.',
  arguments: [{ name: 'id', description: 'of the change, as rollback list tells it' }],
  options: [],
  changes: 'server',
  example: 'dbops rollback to hba-1a2b3c4d --url postgresql://postgres@%2Frun%2Fpostgresql/postgres --apply',
  async run(call): Promise<Outcome> {
    const { entry } = Journal.open(journalFolder(call), call.args[0], call.now)
    if (entry.kind !== 'conf' && entry.kind !== 'hba')
      throw new DbopsError('USAGE', `${entry.id} is a ${entry.kind}`, {
        hint: wayBack(entry) ?? 'it cannot be taken back',
      })
    const { before } = entry.payload as { before: unknown }
    const text = entry.kind === 'hba' ? String(before) : planOf(before as SettingsBefore)
    if (!call.isApplied) return { summary: 'plan only; --apply does it', exitCode: EXIT_FINE, text }
    const now =
      entry.kind === 'hba'
        ? (await applyHba({ server: call.target(), text })).before
        : (await applySettings(call.target(), before as SettingsBefore)).before
    const id = keepBefore(call, entry.kind, now)
    return {
      summary: `what stood before ${entry.id} is back; ${id} would undo this`,
      exitCode: EXIT_FINE,
      text: '',
      data: { id },
      audit: { journal: entry.id },
    }
  },
}

function planOf(before: SettingsBefore): string {
  return Object.entries(before)
    .map(([name, value]) => (value === null ? `alter system reset ${name}` : `alter system set ${name} = '${value}'`))
    .join('\n')
}

/** The command that takes a change back; null when there is none. */
function wayBack({ id, kind, status, payload }: JournalEntry): string | null {
  if (status !== 'done') return null
  if (kind === 'conf' || kind === 'hba') return `dbops rollback to ${id}`
  if (kind === 'rotate') return `dbops rotate rollback ${id}`
  const isSwap = kind === 'restore' && (payload as { live?: unknown } | null)?.live !== undefined
  return isSwap ? `dbops backup undo ${id}` : null
}
