import { statSync } from 'node:fs'

/** Whether reading the path cannot block: no pipe, terminal or standard input. */
export function isRegularFile(path: string): boolean {
  return path !== '-' && statSync(path, { throwIfNoEntry: false })?.isFile() === true
}
