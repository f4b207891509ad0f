import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import type { CommandContext } from '../context.ts'
import { CommandError } from '../errors.ts'

/** The release whose analysis is the reference. */
export const REFERENCE_VERSION = '4.0.17'
export const SEPARATOR = '\u001e'
export const AGGREGATOR = '\u001f'

const MOST_ERROR_BYTES = 10_000
/** What tshark says besides: that it runs as root, that Lua is off. */
const NOISE = /^(Running as user|tshark: Lua|Lua:|\*\* \(|Warning: program compiled)/

export interface TsharkVersion {
  /** `4.0.17`. */
  readonly number: string
  /** The whole first line it prints. */
  readonly line: string
}

/** The installed tshark. @throws {CommandError} TSHARK_MISSING. */
export async function findTshark(context: CommandContext): Promise<TsharkVersion> {
  const { stdout } = await promisify(execFile)('tshark', ['--version'], {
    env: plainEnvironment(context, tmpdir()),
  }).catch((cause: unknown) => {
    throw new CommandError('TSHARK_MISSING', 'tshark cannot be run', {
      hint: 'install it (Debian and Ubuntu: apt install tshark) and see that it is in PATH',
      cause,
    })
  })
  const [line] = stdout.split('\n')
  return { line, number: /(\d+\.\d+\.\d+)/.exec(line)?.[1] ?? 'unknown' }
}

/**
 * Runs one pass of tshark with default preferences and calls `onRow` with the values of `fields` for each frame.
 * @returns what tshark complains of when it could read the capture only in part.
 * @throws {CommandError} TSHARK_FAILED when it printed nothing but an error.
 */
export async function readFields(
  context: CommandContext,
  path: string,
  fields: readonly string[],
  onRow: (values: readonly string[]) => void,
): Promise<string | null> {
  const home = mkdtempSync(join(tmpdir(), 'pcap-analyzer-tshark-')) // empty: no preferences, no profile
  try {
    const options = ['-n', '-r', path, '-T', 'fields', '-E', `separator=${SEPARATOR}`, '-E', `aggregator=${AGGREGATOR}`]
    const child = spawn('tshark', [...options, '-E', 'occurrence=a', ...fields.flatMap((field) => ['-e', field])], {
      env: plainEnvironment(context, home),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let complaint = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (complaint.length < MOST_ERROR_BYTES) complaint += text
    })
    const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
    let rows = 0
    for await (const line of createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY })) {
      const values = line.split(SEPARATOR)
      if (values.length !== fields.length) continue // a line break inside a value: no field that is asked for has one
      rows++
      onRow(values)
    }
    const exitCode = await ended
    const lines = complaint.split('\n').filter((line) => line.trim() !== '' && !NOISE.test(line))
    if (exitCode === 0) return null
    const reason = lines.join(' ') || `it ended with ${exitCode}`
    if (rows === 0) throw new CommandError('TSHARK_FAILED', `tshark cannot read the capture: ${reason}`)
    return reason
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

function plainEnvironment(context: CommandContext, home: string): NodeJS.ProcessEnv {
  return {
    PATH: context.environment.PATH,
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
  }
}
