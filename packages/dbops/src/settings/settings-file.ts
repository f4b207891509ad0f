import { chownSync, lstatSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { withServer } from '../connection/connect.ts'
import { findLocalServer } from '../connection/local-server.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import { reloadSettings } from '../connection/reload.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { withServerLock } from '../connection/server-lock.ts'
import { DbopsError } from '../errors.ts'
import { type AppliedSettings, requireStartable } from './apply-settings.ts'
import type { SavedSystemSettings } from './restart-server.ts'

export interface FileSettings {
  /** Name of the file in the folder that `include_dir` names. */
  readonly name: string
  /** Null takes a setting out of the file. */
  readonly wanted: Readonly<Record<string, string | null>>
}

export interface AppliedFile extends AppliedSettings {
  readonly saved: SavedSystemSettings
}

const HEADER = '# written by dbops conf apply; a change by hand is kept as long as each line is one setting\n'

/**
 * Writes settings into one file of `include_dir`, reloads, and sees that each counts as it stands there; whatever fails brings back the
 * file from before. @throws {DbopsError} REFUSED where there is no such folder on this machine, or something else overrules the file;
 * INTEGRITY when the server did not take it
 */
export async function applySettingsFile(
  server: ConnectionParameters,
  { name, wanted }: FileSettings,
): Promise<AppliedFile> {
  if (!/^[\w-][\w.-]*\.conf$/.test(name))
    throw new DbopsError('USAGE', `"${name}" is no name of a settings file`, { hint: 'such as 90-dbops.conf' })
  return await withServerLock(server, 'settings file', () => writeThem(server, name, wanted))
}

async function writeThem(
  server: ConnectionParameters,
  name: string,
  wanted: FileSettings['wanted'],
): Promise<AppliedFile> {
  return await withServer(server, async (client) => {
    const { folder, configFile } = await includeFolder(client)
    await requireStartable(client, wanted)
    await requireKnown(client, Object.keys(wanted))
    const path = join(folder, name)
    const text = textOf(path)
    const settings = parsed(text ?? '', path)
    const before = Object.fromEntries(Object.keys(wanted).map((key) => [key, settings.get(key) ?? null]))
    const changed = Object.keys(wanted).filter((key) => before[key] !== wanted[key])
    const saved = { path, text: text ?? '' }
    if (changed.length === 0) return { changed, needsRestart: [], before: {}, saved }
    for (const key of changed) {
      const value = wanted[key]
      if (value === null) settings.delete(key)
      else settings.set(key, value)
    }
    place(path, written(settings), configFile)
    try {
      await reloadSettings(client)
      await requireCounting(
        client,
        path,
        changed.filter((key) => wanted[key] !== null),
      )
      const { rows } = await client.query<{ name: string }>(
        'select name from pg_settings where name = any($1) and pending_restart',
        [changed],
      )
      const kept = Object.fromEntries(changed.map((key) => [key, before[key]]))
      return { changed, needsRestart: rows.map((row) => row.name), before: kept, saved }
    } catch (error) {
      if (text === null) rmSync(path, { force: true })
      else place(path, text, configFile)
      await reloadSettings(client)
      throw error
    }
  })
}

/** The folder that postgresql.conf includes. */
async function includeFolder(client: ServerClient): Promise<{ folder: string; configFile: string }> {
  const local = await findLocalServer(client)
  if (typeof local === 'string')
    throw new DbopsError('REFUSED', `a file of settings is written where the server runs: ${local}`)
  const found = [
    ...readFileSync(local.configFile, 'utf8').matchAll(
      /^[ \t]*include_dir[ \t]*(?:=[ \t]*)?(?:'((?:[^']|'')+)'|([^\s#']+))/gim,
    ),
  ].at(-1)
  const folder = found?.[1]?.replaceAll("''", "'") ?? found?.[2]
  if (folder === undefined)
    throw new DbopsError('REFUSED', `${local.configFile} includes no folder`, {
      hint: "add include_dir = 'conf.d' to it, and make the folder; or leave --file out: ALTER SYSTEM needs none",
    })
  const { configFile } = local
  return { folder: isAbsolute(folder) ? folder : join(dirname(configFile), folder), configFile }
}

async function requireKnown(client: ServerClient, names: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    'select name from unnest($1::text[]) as name where name not in (select s.name from pg_settings s)',
    [names],
  )
  if (rows.length > 0) throw new DbopsError('USAGE', `setting ${rows[0].name} is unknown to this server`)
}

/** The last place counts: postgresql.auto.conf comes after every other. */
async function requireCounting(client: ServerClient, path: string, names: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ name: string; file: string; line: number; error: string | null }>(
    'select distinct on (name) name, sourcefile as file, sourceline as line, error from pg_file_settings where name = any($1) order by name, seqno desc',
    [names],
  )
  for (const name of names) {
    const last = rows.find((row) => row.name === name)
    if (last === undefined)
      throw new DbopsError('INTEGRITY', `the server does not read ${path}; the file from before is back`)
    if (last.file !== path)
      throw new DbopsError(
        'REFUSED',
        `${name} is overruled by ${last.file}:${last.line}; the file from before is back`,
        {
          hint: last.file.endsWith('postgresql.auto.conf') ? `alter system reset ${name}` : 'take it out there',
        },
      )
    // what waits for a restart says so in the same words as what could not be applied at all
    if (last.error !== null && last.error !== 'setting could not be applied')
      throw new DbopsError('INTEGRITY', `${name}: ${last.error}; the file from before is back`)
  }
}

function textOf(path: string): string | null {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return null
  if (!found.isFile()) throw new DbopsError('REFUSED', `${path} is no file`)
  return readFileSync(path, 'utf8')
}

/** @throws {DbopsError} REFUSED for a line that this would lose */
function parsed(text: string, path: string): Map<string, string> {
  const settings = new Map<string, string>()
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*(?:#.*)?$/.test(line)) continue
    const match = /^\s*(?!include)([\w.]+)\s*(?:=\s*|\s)(?:'((?:[^'\\]|''|\\.)*)'|([^\s#']+))\s*(?:#.*)?$/.exec(line)
    if (match === null)
      throw new DbopsError('REFUSED', `${path}:${index + 1} is not one setting, and would be lost`, {
        hint: 'give another name with --file',
      })
    settings.set(match[1], match[2] === undefined ? match[3] : unquoted(match[2]))
  }
  return settings
}

function unquoted(text: string): string {
  return text.replace(/''|\\(.)/gs, (whole, letter?: string) =>
    whole === "''" ? "'" : letter === 'n' ? '\n' : (letter ?? ''),
  )
}

/** A backslash in quotes begins an escape, and a line ends the setting. */
function written(settings: ReadonlyMap<string, string>): string {
  const lines = [...settings].map(
    ([name, value]) => `${name} = '${value.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\n', '\\n')}'\n`,
  )
  return HEADER + lines.join('')
}

/** For those who may read postgresql.conf, the server above all. */
function place(path: string, text: string, configFile: string): void {
  const { uid, gid, mode } = statSync(configFile)
  const draft = `${path}.dbops-new`
  rmSync(draft, { force: true })
  writeFileSync(draft, text, { mode: mode & 0o777, flag: 'wx' })
  if (process.getuid?.() === 0) chownSync(draft, uid, gid)
  renameSync(draft, path)
}
