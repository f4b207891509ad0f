import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { listBackups } from '../backup/catalog.ts'
import { MANIFEST_NAME } from '../backup/manifest.ts'
import type { Call } from '../command/command.ts'
import { DbopsError } from '../errors.ts'
import { backupKeys } from './backup-keys.ts'

/** The backup itself, all of a folder, or its newest. @throws {DbopsError} */
export function backupFolders(from: string, call: Call): string[] {
  if (existsSync(join(from, MANIFEST_NAME))) return [from]
  const listed = listBackups(from, backupKeys(call)).filter(({ state }) => state !== 'unfinished')
  if (listed.length === 0) throw new DbopsError('INTEGRITY', `${from} holds no backup`)
  return (call.options.all === true ? listed : listed.slice(0, 1)).map(({ folder }) => folder)
}
