import type { Call } from '../command/command.ts'
import { withServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import { serverError } from '../connection/server-errors.ts'
import { withServerLock } from '../connection/server-lock.ts'
import { DbopsError } from '../errors.ts'
import { applyHba } from '../hba/hba-apply.ts'
import { inTransaction } from '../roles/apply-roles.ts'
import { readRoleState } from '../roles/role-state.ts'
import { undoRoles } from '../roles/undo-roles.ts'
import { applySettings } from '../settings/apply-settings.ts'
import { applySettingsFile, type FileSettings } from '../settings/settings-file.ts'
import { type ChangeKind, keepBefore, type RolesBefore, type SettingsBefore } from './kept-before.ts'

const broughtBack = ['conf', 'conf-file', 'hba', 'roles'] as const
type BroughtBackKind = (typeof broughtBack)[number]

/** Whether what stood before is all that bringing it back needs. */
export function isBroughtBack(kind: ChangeKind): kind is BroughtBackKind {
  return broughtBack.some((one) => one === kind)
}

/**
 * Keeps what stood before, right after the change; where it cannot be kept, on a full disk above all, the change is taken back, for later
 * nothing could. @throws {DbopsError} as the file system says
 */
export async function keepOrUndo(call: Call, kind: BroughtBackKind, before: unknown): Promise<string> {
  try {
    return keepBefore(call, kind, before)
  } catch (cause) {
    await bringBack(call.target(), kind, before)
    const { code, message, hint } = serverError(cause)
    const what = 'the change was taken back, for there was no way to keep what stood before'
    throw new DbopsError(code, `${message}: ${what}`, { hint, cause })
  }
}

/** Brings back what stood before; returns what stood until then. */
export async function bringBack(
  server: ConnectionParameters,
  kind: BroughtBackKind,
  before: unknown,
): Promise<unknown> {
  if (kind === 'hba') return (await applyHba({ server, text: String(before) })).before
  if (kind === 'conf') return (await applySettings(server, before as SettingsBefore)).before
  if (kind === 'roles') return await applyUndo(server, before as RolesBefore)
  const { name, wanted } = before as FileSettings
  return { name, wanted: (await applySettingsFile(server, { name, wanted })).before }
}

async function applyUndo(server: ConnectionParameters, before: RolesBefore): Promise<RolesBefore> {
  const { database, schemas, statements } = before
  return await withServer({ ...server, database }, async (client) => {
    const state = await readRoleState(client, schemas)
    await withServerLock(server, `roles ${database}`, () => inTransaction(client, statements))
    return { database, schemas, ...undoRoles(await readRoleState(client, schemas), state) }
  })
}
