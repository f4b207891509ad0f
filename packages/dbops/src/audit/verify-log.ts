import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DbopsError } from '../errors.ts'
import { hashOf, type LogHead, type LogSegment, logKey, type OperationRecord, readHead } from './operations-log.ts'

export interface LogVerdict {
  readonly isIntact: boolean
  /** Lines that were read and found right. */
  readonly lines: number
  /** What is wrong, with file and line. */
  readonly problems: readonly string[]
}

/** Checks every line, every seam and the end of the log against its head: sees edits, insertions, deletions, swaps and cut tails. */
export function verifyOperationsLog(folder: string): LogVerdict {
  const problems: string[] = []
  let lines = 0
  if (!existsSync(folder)) return { isIntact: true, lines, problems }
  let key: Buffer
  let head: LogHead
  try {
    key = logKey(folder)
    head = readHead(folder, key)
  } catch (error) {
    if (!(error instanceof DbopsError)) throw error
    return { isIntact: false, lines, problems: [error.message] }
  }
  for (const segment of head.segments) {
    if (segment.state === 'retired') continue
    const found = verifySegment(folder, segment, head, key)
    lines += found.lines
    problems.push(...found.problems)
  }
  const known = new Set(head.segments.map(({ name }) => name))
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.jsonl') && !known.has(name)) problems.push(`${name}: no segment of this log`)
  }
  return { isIntact: problems.length === 0, lines, problems }
}

function verifySegment(
  folder: string,
  segment: LogSegment,
  head: LogHead,
  key: Buffer,
): { lines: number; problems: string[] } {
  const path = join(folder, segment.name)
  const end =
    segment.state === 'active' ? { seq: head.seq, hash: head.hash } : { seq: segment.lastSeq, hash: segment.lastHash }
  const isEmpty = end.seq !== null && end.seq < segment.firstSeq
  if (!existsSync(path)) return { lines: 0, problems: isEmpty ? [] : [`${segment.name}: the file is missing`] }
  const problems: string[] = []
  let seq = segment.firstSeq
  let previous = segment.seam
  const text = readFileSync(path, 'utf8')
  for (const [index, line] of text.split('\n').slice(0, -1).entries()) {
    const problem = problemOf(line, seq, previous, key)
    if (problem !== null) {
      problems.push(`${segment.name}:${index + 1}: ${problem}`)
      return { lines: index, problems }
    }
    previous = (JSON.parse(line) as OperationRecord).hash
    seq++
  }
  if (text !== '' && !text.endsWith('\n')) problems.push(`${segment.name}: the last line is cut`)
  if (seq - 1 !== end.seq || previous !== end.hash)
    problems.push(`${segment.name}: ends with line ${seq - 1}, the head says ${end.seq}`)
  return { lines: seq - segment.firstSeq, problems }
}

function problemOf(line: string, seq: number, previous: string, key: Buffer): string | null {
  let record: OperationRecord
  try {
    record = JSON.parse(line)
  } catch {
    return 'no JSON'
  }
  if (record.seq !== seq) return `number ${record.seq} where ${seq} is due`
  if (record.prevHash !== previous) return 'does not follow the line before'
  const { hash, ...body } = record
  return hash === hashOf(body, key) ? null : 'was changed'
}
