import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OperationRecord } from './operations-log.ts'

/** The newest lines of the operations log, oldest first; whether they are genuine is for `verifyOperationsLog` to say. */
export function readOperations(folder: string, most = Number.POSITIVE_INFINITY): OperationRecord[] {
  if (!existsSync(folder)) return []
  const names = readdirSync(folder).filter((name) => name.endsWith('.jsonl'))
  const lines = names.sort().flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean))
  return lines.slice(-most).map((line) => JSON.parse(line) as OperationRecord)
}
