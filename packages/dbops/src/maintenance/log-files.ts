import { lstatSync, readdirSync, rmSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { findLocalServer } from '../connection/local-server.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { compressFile } from './compress-file.ts'
import type { LogRule } from './rules.ts'
import type { MaintenanceTask, RulePlan, RuleProblem, TaskResult } from './task.ts'

interface LogFile {
  readonly path: string
  readonly bytes: number
  readonly changedMs: number
  /** The server writes into it now. */
  readonly isOpen: boolean
}

const DAY_MS = 86_400_000
const MB = 1 << 20

/** What is to be done to the files of the logging collector; they have to be on this machine. */
export async function planLogs(client: ServerClient, rule: LogRule, now: Date): Promise<RulePlan> {
  const files = await logFiles(client)
  if (typeof files === 'string') return { tasks: [], problems: [skipped(files)] }
  const old = files.filter(({ isOpen }) => !isOpen).sort((a, b) => a.changedMs - b.changedMs)
  const ageDays = ({ changedMs }: LogFile): number => (now.getTime() - changedMs) / DAY_MS
  const isOlder = (file: LogFile, days: number | null): boolean => days !== null && ageDays(file) >= days
  const removed = new Map(
    old.filter((file) => isOlder(file, rule.keepDays)).map((file) => [file, `is older than ${rule.keepDays} day(s)`]),
  )
  let bytes = files.filter((file) => !removed.has(file)).reduce((sum, file) => sum + file.bytes, 0)
  for (const file of old) {
    if (rule.keepMb === null || bytes <= rule.keepMb * MB) break
    if (removed.has(file)) continue
    removed.set(file, `is the oldest, and all together are more than ${rule.keepMb} MB`)
    bytes -= file.bytes
  }
  const isCompressed = ({ path }: LogFile): boolean => path.endsWith('.gz')
  const compressed = old.filter(
    (file) => !removed.has(file) && !isCompressed(file) && isOlder(file, rule.compressAfterDays),
  )
  const large = files.filter(
    ({ isOpen, bytes: size }) => isOpen && rule.rotateOverMb !== null && size > rule.rotateOverMb * MB,
  )
  return {
    tasks: [
      ...[...removed].map(([{ path }, reason]) => task('remove-log', path, reason)),
      ...compressed.map(({ path }) => task('compress-log', path, `is older than ${rule.compressAfterDays} day(s)`)),
      ...large.slice(0, 1).map(({ path, bytes: size }) => ({
        ...task('rotate-log', path, `has ${size} bytes`),
        sql: 'select pg_rotate_logfile()',
      })),
    ],
    problems: [],
  }
}

function task(kind: MaintenanceTask['kind'], object: string, reason: string): MaintenanceTask {
  return { kind, object, sql: null, reason }
}

function skipped(evidence: string): RuleProblem {
  return { rule: 'logs', verdict: 'skipped', evidence }
}

/** Files that bear a name which the server gives, or why they are not seen. */
async function logFiles(client: ServerClient): Promise<LogFile[] | string> {
  const local = await findLocalServer(client)
  if (typeof local === 'string') return local
  const { rows } = await client.query<{ collects: string; folder: string; pattern: string; open: string[] }>(
    `select current_setting('logging_collector') as collects, current_setting('log_directory') as folder, current_setting('log_filename') as pattern,
      array(select name from unnest(array['stderr', 'csvlog', 'jsonlog']) as kind, lateral pg_current_logfile(kind) as name
        where name is not null and (kind <> 'jsonlog' or current_setting('server_version_num')::int >= 150000)) as open`,
  )
  const [{ collects, folder, pattern, open }] = rows
  if (collects !== 'on') return 'the server writes no files of its own: logging_collector is off'
  const absolute = (path: string): string => (isAbsolute(path) ? path : join(local.dataFolder, path))
  const place = absolute(folder)
  const openPaths = open.map(absolute)
  let names: string[]
  try {
    names = readdirSync(place)
  } catch (error) {
    return `${place} cannot be read (${(error as NodeJS.ErrnoException).code})`
  }
  const ours = namePattern(pattern)
  return names.flatMap((name) => {
    const path = join(place, name)
    const found = ours.test(name) ? lstatSync(path, { throwIfNoEntry: false }) : undefined
    // a link is nothing that the server made
    if (found === undefined || !found.isFile()) return []
    return [{ path, bytes: found.size, changedMs: found.mtimeMs, isOpen: openPaths.includes(path) }]
  })
}

/** What strftime writes for the letters that names of logs have; names of days and months come in any language. */
const times: Readonly<Record<string, string>> = {
  Y: '\\d{4}',
  j: '\\d{3}',
  s: '\\d+',
  F: '\\d{4}-\\d\\d-\\d\\d',
  T: '\\d\\d:\\d\\d:\\d\\d',
  ...Object.fromEntries([...'aAbBh'].map((letter) => [letter, '[\\p{L}.]{1,20}'])),
  ...Object.fromEntries([...'ymdHIMSVUWCgk'].map((letter) => [letter, '\\d\\d'])),
  u: '\\d',
  w: '\\d',
  p: '[AP]M',
  '%': '%',
}

/** The names that `log_filename` stands for, in all three forms and compressed. */
export function namePattern(pattern: string): RegExp {
  const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
  const words = pattern
    .replace(/\.(?:log|csv|json)$/, '')
    .split(/(%.)/)
    .map((part) => (/^%./.test(part) ? (times[part[1]] ?? '[\\p{L}\\d]+') : literal(part)))
  return new RegExp(`^${words.join('')}(?:\\.(?:log|csv|json))?(?:\\.gz)?$`, 'u')
}

const MOST_TRIES = 300
const PAUSE_MS = 100

/** Asks for a new file, and waits until the server writes into one. */
export async function rotateLog(client: ServerClient, { object }: MaintenanceTask): Promise<TaskResult> {
  const current = async (): Promise<string | null> => {
    const { rows } = await client.query<{ name: string | null }>('select pg_current_logfile() as name')
    return rows[0].name
  }
  const before = await current()
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    // within one second the name would be the same
    if (tries % 10 === 0) await client.query('select pg_rotate_logfile()')
    const now = await current()
    if (now !== before) return { verdict: 'pass', evidence: `the server writes into ${now}` }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
  return {
    verdict: 'fail',
    evidence: `the server still writes into ${object}`,
    remediation: 'let log_filename hold the time to the second, such as postgresql-%Y-%m-%d_%H%M%S.log',
  }
}

export async function compressLog(_: ServerClient, { object }: MaintenanceTask): Promise<TaskResult> {
  const { bytes, compressedBytes } = await compressFile(object)
  return { verdict: 'pass', evidence: `${bytes} bytes are ${compressedBytes} now, and read back the same` }
}

export async function removeLog(_: ServerClient, { object, reason }: MaintenanceTask): Promise<TaskResult> {
  rmSync(object)
  return { verdict: 'pass', evidence: `${reason}: removed` }
}
