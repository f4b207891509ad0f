import { execFileSync } from 'node:child_process'
import { DbopsError } from '../errors.ts'
import { plainEnvironment } from '../run.ts'

/** A version of a file as git has it. */
export interface GitBlob {
  readonly path: string
  readonly text: string
  /** Bytes that are no text are judged by their name only. */
  readonly isBinary: boolean
}

const MOST_BYTES = 64 << 20

/** @throws {DbopsError} USAGE outside of a repository */
export function git(folder: string, ...args: readonly string[]): Buffer {
  try {
    return execFileSync('git', ['-c', 'core.quotepath=off', ...args], {
      cwd: folder,
      maxBuffer: MOST_BYTES,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: plainEnvironment('GIT_'),
    })
  } catch (cause) {
    const { stderr } = cause as { stderr?: Buffer }
    throw new DbopsError('USAGE', `git ${args[0]} failed: ${stderr?.toString().trim().split('\n')[0] ?? ''}`, { cause })
  }
}

/** What is about to be committed: the staged blobs, not the files of the work tree; deletions are left out. */
export function stagedBlobs(folder: string): GitBlob[] {
  const names = git(folder, 'diff', '--cached', '--name-only', '-z', '--no-renames', '--diff-filter=ACMT')
    .toString()
    .split('\0')
    .filter(Boolean)
  return names.map((path) => blob(path, git(folder, 'show', `:${path}`)))
}

/** Every tracked file as it is staged now. */
export function trackedBlobs(folder: string): GitBlob[] {
  const names = git(folder, 'ls-files', '-z').toString().split('\0').filter(Boolean)
  return names.map((path) => blob(path, git(folder, 'show', `:${path}`)))
}

function blob(path: string, bytes: Buffer): GitBlob {
  const isBinary = bytes.subarray(0, 8_000).includes(0)
  return { path, text: isBinary ? '' : bytes.toString('utf8'), isBinary }
}

/** A line that some commit added. */
export interface AddedText {
  readonly commit: string
  readonly path: string
  readonly text: string
}

/** What every commit of the history added, also what was removed later. */
export function addedInHistory(folder: string): AddedText[] {
  const log = git(
    folder,
    'log',
    '--all',
    '--no-color',
    '--format=%x00commit %H',
    '-p',
    '-U0',
    '--no-renames',
    '--no-ext-diff',
  ).toString()
  const added: AddedText[] = []
  for (const part of log.split('\0commit ').slice(1)) {
    const commit = part.slice(0, 40)
    for (const file of part.split(/^diff --git /m).slice(1)) {
      const path = /^\+\+\+ b\/(.*)$/m.exec(file)?.[1] ?? /^a\/.* b\/(.*)$/m.exec(file)?.[1] ?? ''
      const text = file
        .split('\n')
        .filter((line) => line.startsWith('+') && !line.startsWith('+++'))
        .map((line) => line.slice(1))
        .join('\n')
      if (/^deleted file mode/m.test(file)) continue
      added.push({ commit, path: path.replace(/\t$/, ''), text })
    }
  }
  return added
}
