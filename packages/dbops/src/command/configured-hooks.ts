import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { ConfiguredHooks } from '../config.ts'
import { DbopsError } from '../errors.ts'

/**
 * Commands that the configuration has for a moment. They are run as we are: so the file has to be named, for one that only lies in the
 * working folder may come with a repository of somebody else, and nobody else may write to it.
 * @throws {DbopsError} REFUSED
 */
export function trustedHooks(hooks: readonly string[], file: string | null, workingFolder: string): readonly string[] {
  if (hooks.length === 0) return []
  if (file === null)
    throw new DbopsError('REFUSED', 'dbops.yaml has hooks, and commands are run only from a file that was named', {
      hint: 'give --config dbops.yaml',
    })
  const { mode, uid } = statSync(resolve(workingFolder, file))
  const isOurs = process.getuid === undefined || uid === process.getuid() || uid === 0
  if (!isOurs || (mode & 0o022) !== 0)
    throw new DbopsError('REFUSED', `${file} has hooks, and somebody else may write to it`, {
      hint: `chmod go-w ${file}, or let it belong to who runs the command`,
    })
  return hooks
}

/** Those of the target, else those for all targets. */
export function hooksAt(
  moment: keyof ConfiguredHooks,
  ...levels: readonly (ConfiguredHooks | undefined)[]
): readonly string[] {
  return levels.find((hooks) => hooks?.[moment] !== undefined)?.[moment] ?? []
}
