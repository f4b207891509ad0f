import { appendFileSync, existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ConnectionParameters } from '../connection/parameters.ts'
import { completeParameters } from '../connection/url.ts'
import { DbopsError } from '../errors.ts'
import { runAgainstServer } from '../run.ts'
import { syncFolder } from '../state/atomic-write.ts'

/** A copy of the whole cluster, by pg_basebackup with checksums; the folder gets its name when it is complete and verified. */
export async function createPhysicalBackup(server: ConnectionParameters, to: string, now: Date): Promise<string> {
  const name = `base-${now.toISOString().replace(/\D/g, '').slice(0, 14)}`
  const final = join(to, name)
  const partial = join(to, `.partial-${name}`)
  try {
    const args = [
      '-D',
      partial,
      '--format=plain',
      '--wal-method=stream',
      '--checkpoint=fast',
      '--manifest-checksums=SHA256',
      '--no-password',
    ]
    await runAgainstServer({ program: 'pg_basebackup', args, parameters: server, stdio: ['ignore', 'ignore'] }).ended
    await verifyPhysicalBackup(partial)
    syncFolder(partial)
    renameSync(partial, final)
    syncFolder(to)
    return final
  } catch (error) {
    rmSync(partial, { recursive: true, force: true })
    throw error
  }
}

/** @throws {DbopsError} INTEGRITY with what pg_verifybackup found */
export async function verifyPhysicalBackup(folder: string): Promise<void> {
  try {
    await runAgainstServer({
      program: 'pg_verifybackup',
      args: ['--exit-on-error', folder],
      parameters: completeParameters({ user: 'nobody' }),
      stdio: ['ignore', 'ignore'],
    }).ended
  } catch (cause) {
    throw new DbopsError('INTEGRITY', `${folder} is not what was copied: ${(cause as Error).message}`, { cause })
  }
}

/** Segments of WAL that are missing between the first and the last of an archive, per timeline; the size of a segment is 16 MB. */
export function walGaps(names: readonly string[]): string[] {
  const segments = names.filter((name) => /^[0-9A-F]{24}$/.test(name)).sort()
  const gaps: string[] = []
  for (const [, all] of Map.groupBy(segments, (name) => name.slice(0, 8))) {
    for (let index = 1; index < all.length; index++) {
      const expected = nextSegment(all[index - 1])
      if (all[index] !== expected) gaps.push(`${expected} to before ${all[index]}`)
    }
  }
  return gaps
}

function nextSegment(name: string): string {
  const log = Number.parseInt(name.slice(8, 16), 16)
  const segment = Number.parseInt(name.slice(16), 16) + 1
  const hex = (value: number): string => value.toString(16).toUpperCase().padStart(8, '0')
  return `${name.slice(0, 8)}${segment > 0xff ? hex(log + 1) + hex(0) : hex(log) + hex(segment)}`
}

/**
 * Makes a copied cluster recover up to a moment when it is started: writes recovery.signal and the settings of recovery.
 * @throws {DbopsError} REFUSED when WAL is missing on the way, or the folder is no copied cluster
 */
export function prepareRecovery(
  dataFolder: string,
  archive: string,
  target: { readonly time?: string; readonly lsn?: string; readonly name?: string },
): void {
  if (!existsSync(join(dataFolder, 'PG_VERSION'))) throw new DbopsError('REFUSED', `${dataFolder} is no copied cluster`)
  const gaps = walGaps(readdirSync(archive))
  if (gaps.length > 0) throw new DbopsError('REFUSED', `WAL is missing in ${archive}: ${gaps.join('; ')}`)
  const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`
  const targets = [
    ...(target.time === undefined ? [] : [`recovery_target_time = ${quoted(target.time)}`]),
    ...(target.lsn === undefined ? [] : [`recovery_target_lsn = ${quoted(target.lsn)}`]),
    ...(target.name === undefined ? [] : [`recovery_target_name = ${quoted(target.name)}`]),
  ]
  if (targets.length !== 1) throw new DbopsError('USAGE', 'exactly one target is needed: a time, an LSN or a name')
  const lines = [
    '',
    '# made by dbops backup pitr',
    `restore_command = ${quoted(`cp ${archive}/%f %p`)}`,
    ...targets,
    "recovery_target_action = 'promote'",
    "archive_mode = 'off'",
    '',
  ]
  appendFileSync(join(dataFolder, 'postgresql.auto.conf'), lines.join('\n'))
  writeFileSync(join(dataFolder, 'recovery.signal'), '')
}
