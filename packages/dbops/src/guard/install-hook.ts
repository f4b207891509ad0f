import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { git } from './git-files.ts'

const MARK = '# dbops guard'

/** Where git looks for hooks: core.hooksPath, or the common folder of all work trees. */
export function hookPath(folder: string, name = 'pre-commit'): string {
  const path = git(folder, 'rev-parse', '--git-path', `hooks/${name}`).toString().trim()
  return isAbsolute(path) ? path : join(folder, path)
}

/** Hooks of ours, and what each runs: before a commit or a merge what is staged, before a push everything that is tracked. */
const guardHooks = {
  'pre-commit': 'guard staged',
  'pre-merge-commit': 'guard staged',
  'pre-push': 'guard scan',
} as const
type GitHook = keyof typeof guardHooks

/** A moment that people know; git has two hooks for a commit, for a merge without conflicts does not run the first. */
export type GuardHook = 'pre-commit' | 'pre-push'

const gitHooks: Readonly<Record<GuardHook, readonly GitHook[]>> = {
  'pre-commit': ['pre-commit', 'pre-merge-commit'],
  'pre-push': ['pre-push'],
}

/** What was installed for a moment. */
export interface InstalledHook {
  readonly path: string
  /** A hook was there, and goes on to run. */
  readonly chained: boolean
}

/**
 * Installs the hook; one that is there already is kept as `<name>.before-dbops` and runs first. Doing it twice is fine.
 * @param command how the hook calls us, as shell words
 */
export function installHook(folder: string, command: string, name: GuardHook = 'pre-commit'): InstalledHook {
  const [first, ...others] = gitHooks[name]
  const installed = installOne(folder, command, first)
  return {
    path: installed.path,
    chained: [installed, ...others.map((one) => installOne(folder, command, one))].some(({ chained }) => chained),
  }
}

function installOne(folder: string, command: string, name: GitHook): InstalledHook {
  const path = hookPath(folder, name)
  mkdirSync(join(path, '..'), { recursive: true })
  const before = `${path}.before-dbops`
  if (existsSync(path) && !readFileSync(path, 'utf8').includes(MARK)) renameSync(path, before)
  const chained = existsSync(before)
  const lines = [
    '#!/bin/sh',
    MARK,
    'set -e',
    ...(chained ? [`"$(dirname "$0")/${name}.before-dbops" "$@"`] : []),
    `exec ${command} ${guardHooks[name]}`,
    '',
  ]
  writeFileSync(path, lines.join('\n'))
  chmodSync(path, 0o755)
  return { path, chained }
}

/** Why our hook does not run; null when it does. */
export function hookProblem(folder: string, name: GuardHook = 'pre-commit'): string | null {
  return gitHooks[name].map((one) => problemOf(folder, one)).find((problem) => problem !== null) ?? null
}

function problemOf(folder: string, name: GitHook): string | null {
  const path = hookPath(folder, name)
  if (!existsSync(path)) return `${path} does not exist`
  if (!readFileSync(path, 'utf8').includes(MARK)) return `${path} is somebody else's and does not run the guard`
  return (statSync(path).mode & 0o111) === 0 ? `${path} may not be executed: git passes it over` : null
}
