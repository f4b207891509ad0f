import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { ConnectionParameters } from '../connection/parameters.ts'
import { DbopsError } from '../errors.ts'
import { runAgainstServer } from '../run.ts'
import { patternOf } from './dump-parts.ts'
import type { BackupFile, Compression } from './manifest.ts'
import { type PayloadOptions, writePayload } from './payload-write.ts'
import type { ProvableTable } from './table-proof.ts'

/** What every file of one backup is written with. */
export interface DumpContext {
  readonly folder: string
  readonly backupId: string
  readonly dataKey: Buffer | null
  readonly parameters: ConnectionParameters
  readonly compression: Compression
  readonly binaries?: string | undefined
  readonly chunkBytes?: number
  /** Ends the programs that still write when something else failed. */
  readonly stops: (() => void)[]
}

export interface DumpOptions extends DumpContext {
  readonly format: 'custom' | 'plain'
  /** Arguments that choose a part of the database; none for all of it. */
  readonly chosen: readonly string[]
  /** Exported by the session that proves the rows: all archives hold the same moment. */
  readonly snapshot: string
  /** Tables whose rows go into archives of their own, written at the same time. */
  readonly parts: readonly (readonly ProvableTable[])[]
}

/** The main archive first, then the parts. */
export async function writeDump(options: DumpOptions): Promise<BackupFile[]> {
  const { format, chosen, parts } = options
  const main = writeArchive(
    options,
    'dump',
    format === 'custom' ? 'database.dump' : 'database.sql',
    chosen.concat(parts.flat().map((table) => `--exclude-table-data=${patternOf(table)}`)),
  )
  const others = parts.map((part, index) =>
    writeArchive(options, 'dump-part', `part-${index + 1}.dump`, [
      '--data-only',
      '--strict-names',
      ...part.map((table) => `--table=${patternOf(table)}`),
    ]),
  )
  return await Promise.all([main, ...others])
}

function writeArchive(
  options: DumpOptions,
  holds: 'dump' | 'dump-part',
  baseName: string,
  more: readonly string[],
): Promise<BackupFile> {
  const { format, snapshot } = options
  const args = [
    `--format=${format}`,
    ...(format === 'custom' ? ['--compress=0'] : []),
    `--snapshot=${snapshot}`,
    '--no-password',
    ...more,
  ]
  return written(options, 'pg_dump', args, { name: fileName(options, baseName), holds, format })
}

/** Roles and memberships of the whole cluster. */
export function writeGlobals(context: DumpContext, hasVerifiers: boolean): Promise<BackupFile> {
  const args = ['--globals-only', '--no-password', ...(hasVerifiers ? [] : ['--no-role-passwords'])]
  const file = { name: fileName(context, 'globals.sql'), holds: 'globals', format: 'plain' } as const
  return written(context, 'pg_dumpall', args, file)
}

function fileName({ compression, dataKey }: DumpContext, baseName: string): string {
  const suffix = { none: '', gzip: '.gz', zstd: '.zst' }[compression]
  return `${baseName}${suffix}${dataKey === null ? '' : '.sealed'}`
}

/** Both must end well: the file and the program that fills it. */
async function written(
  context: DumpContext,
  program: string,
  args: readonly string[],
  file: Omit<PayloadOptions['file'], 'compression'>,
): Promise<BackupFile> {
  const { folder, backupId, dataKey, parameters, binaries, compression, chunkBytes, stops } = context
  const { child, ended } = runAgainstServer({ program, args, parameters, binaries })
  const stop = (): void => void child.kill('SIGKILL')
  stops.push(stop)
  const path = join(folder, file.name)
  try {
    const payload = { path, backupId, file: { ...file, compression }, dataKey }
    return await streamed(child, ended, chunkBytes === undefined ? payload : { ...payload, chunkBytes })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    stop()
    if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG' || code === 'EIO')
      throw new DbopsError('INTERNAL', `${path} cannot be written (${code}): there is no space, or the disk is ill`, {
        cause: error,
      })
    // the program's own words say more than a broken pipe
    await ended
    throw error
  }
}

async function streamed(child: ChildProcess, ended: Promise<void>, payload: PayloadOptions): Promise<BackupFile> {
  const [file] = await Promise.all([writePayload(child.stdout ?? Readable.from([]), payload), ended])
  return file
}
