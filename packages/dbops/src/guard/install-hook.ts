import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { git } from './git-files.ts'

const MARK = '# dbops guard'

/** Where git looks for hooks: core.hooksPath, or the common folder of all work trees. */
export function hookPath(folder: string, name = 'pre-commit'): string {
  const path = git(folder, 'rev-parse', '--git-path', `hooks/${name}`).toString().trim()
  return isAbsolute(path) ? path : join(folder, path)
}

/**
 * Installs the hook; one that is there already is kept as `<name>.before-dbops` and runs first. Doing it twice is fine.
 * @param command how the hook calls us, as shell words
 */
export function installHook(folder: string, command: string): { path: string; chained: boolean } {
  const path = hookPath(folder)
  mkdirSync(join(path, '..'), { recursive: true })
  const before = `${path}.before-dbops`
  if (existsSync(path) && !readFileSync(path, 'utf8').includes(MARK)) renameSync(path, before)
  const chained = existsSync(before)
  const lines = [
    '#!/bin/sh',
    MARK,
    'set -e',
    ...(chained ? [`"$(dirname "$0")/pre-commit.before-dbops" "$@"`] : []),
    `exec ${command} guard staged`,
    '',
  ]
  writeFileSync(path, lines.join('\n'))
  chmodSync(path, 0o755)
  return { path, chained }
}

/** Whether our hook is in place and may run. */
export function isHookInstalled(folder: string): boolean {
  const path = hookPath(folder)
  return existsSync(path) && readFileSync(path, 'utf8').includes(MARK)
}
