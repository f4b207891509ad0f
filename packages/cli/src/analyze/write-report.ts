import { existsSync, linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { CommandError } from '../errors.ts'
import { defaultReportName } from './report-path.ts'

export interface ReportFile {
  readonly path: string
  readonly bytes: number
}

const REPORT_HINT = 'name another place with --output, or use --no-report'

/**
 * Writes a file that is there whole or not at all, in place of an older one.
 * @throws {CommandError} REPORT_NOT_WRITTEN.
 */
export function writeWholeFile(path: string, text: string | Uint8Array, hint = REPORT_HINT): ReportFile {
  return viaTemporary(path, text, hint, (temporary) => renameSync(temporary, path))
}

/** One form of a report, and how its file ends. */
export interface NewFile {
  readonly ending: string
  readonly content: string
}

/** Writes the forms of a report under the default name of its time; when that is taken, `_2`, `_3` … @throws {CommandError} REPORT_NOT_WRITTEN. */
export function writeNewFiles(
  folder: string,
  now: Date,
  [first, ...others]: readonly [NewFile, ...NewFile[]],
): ReportFile[] {
  const name = defaultReportName(now)
  for (let attempt = 1; ; attempt++) {
    const base = join(folder, `${name}${attempt === 1 ? '' : `_${attempt}`}`)
    const path = `${base}${first.ending}`
    try {
      const written = viaTemporary(path, first.content, REPORT_HINT, (temporary) => publishNew(temporary, path))
      return [written, ...others.map(({ ending, content }) => writeWholeFile(`${base}${ending}`, content))]
    } catch (error) {
      const { code, syscall } = (error as CommandError).cause as NodeJS.ErrnoException
      if (code !== 'EEXIST' || syscall !== 'link') throw error
    }
  }
}

/** A link fails where a rename would replace the report of another run; some file systems have none. */
function publishNew(temporary: string, path: string): void {
  try {
    linkSync(temporary, path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const hasNoLinks = code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS'
    if (!hasNoLinks) throw error
    if (existsSync(path)) throw Object.assign(new Error('exists'), { code: 'EEXIST', syscall: 'link' })
    renameSync(temporary, path)
  }
}

// Everything is synchronous: an interruption is served before or after, never between.
function viaTemporary(
  path: string,
  text: string | Uint8Array,
  hint: string,
  publish: (temporary: string) => void,
): ReportFile {
  const folder = dirname(path)
  const temporary = join(folder, `.${basename(path)}.${process.pid}.tmp`)
  try {
    mkdirSync(folder, { recursive: true })
    try {
      writeFileSync(temporary, text, { flag: 'wx', flush: true })
      publish(temporary)
    } finally {
      rmSync(temporary, { force: true })
    }
  } catch (cause) {
    throw new CommandError('REPORT_NOT_WRITTEN', `cannot write ${path}: ${reasonOf(cause)}`, {
      hint,
      cause,
    })
  }
  return { path, bytes: Buffer.byteLength(text) }
}

function reasonOf(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied'
  if (code === 'ENOSPC') return 'no space left'
  if (code === 'EROFS') return 'the file system is read-only'
  if (code === 'EEXIST' || code === 'ENOTDIR') return 'a file is where a folder is needed'
  if (code === 'EISDIR') return 'a folder has this name'
  return message
}
