import { readFileSync } from 'node:fs'
import { type Call, textOption } from '../command/command.ts'
import { DbopsError } from '../errors.ts'

/** The queries of the application in the file of `--smoke`, one a line; none without it. @throws {DbopsError} USAGE for a file that cannot be read */
export function smokeQueriesOf(call: Call): string[] {
  const path = textOption(call, 'smoke')
  return path === null
    ? []
    : readQueries(path)
        .split('\n')
        .filter((line) => line.trim() !== '')
}

function readQueries(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new DbopsError('USAGE', `--smoke ${path} cannot be read (${(cause as NodeJS.ErrnoException).code})`, {
      cause,
    })
  }
}
