import { readdirSync, readFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { DbopsError } from '../errors.ts'
import {
  type HbaError,
  type HbaFile,
  type HbaInclude,
  type HbaRule,
  type HbaWord,
  parseHba,
  parseWords,
} from './hba-rule.ts'

/** As deep as the server itself goes. */
const MOST_DEPTH = 10

/**
 * Reads a pg_hba.conf with everything it includes, in the order in which the server reads it: `include`, `include_if_exists` and
 * `include_dir` of PostgreSQL 16, and the lists of names that `@file` stands for.
 * @throws {DbopsError} USAGE when the file itself cannot be read; one that it includes is an error among the others
 */
export function readHbaFiles(path: string): HbaFile {
  try {
    return readFrom(path, readFileSync(path, 'utf8'), 0)
  } catch (cause) {
    if (cause instanceof DbopsError) throw cause
    throw new DbopsError('USAGE', `${path} cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause })
  }
}

function readFrom(path: string, text: string, depth: number): HbaFile {
  const { rules, errors, includes } = parseHba(text, path)
  const all = { rules: [] as HbaRule[], errors: [...errors] as HbaError[], includes: [] }
  for (const entry of [...rules, ...includes].sort((a, b) => a.line - b.line)) {
    try {
      if ('kind' in entry) for (const part of included(entry, depth)) add(all, part)
      else all.rules.push(withNames(entry))
    } catch (cause) {
      all.errors.push({ file: path, line: entry.line, message: (cause as Error).message })
    }
  }
  return all
}

function add(all: { rules: HbaRule[]; errors: HbaError[] }, { rules, errors }: HbaFile): void {
  all.rules.push(...rules)
  all.errors.push(...errors)
}

function included({ file, kind, path }: HbaInclude, depth: number): HbaFile[] {
  if (depth >= MOST_DEPTH) throw new Error(`files include each other more than ${MOST_DEPTH} deep`)
  const place = beside(file, path)
  const paths = kind === 'include_dir' ? namesOf(place).map((name) => join(place, name)) : [place]
  return paths.flatMap((one) => {
    const text = textOf(one, kind === 'include_if_exists')
    return text === null ? [] : [readFrom(one, text, depth + 1)]
  })
}

/** Files of a folder that the server reads: `.conf`, none that is hidden, by the bytes of their names. */
function namesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.conf') && !name.startsWith('.'))
      .sort()
  } catch (cause) {
    throw new Error(`folder ${folder} cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause })
  }
}

/** A rule with the names of its `@file`s in their place. */
function withNames(rule: HbaRule): HbaRule {
  const expanded = (words: readonly HbaWord[], file: string, depth: number): HbaWord[] =>
    words.flatMap((word) => {
      if (word.isQuoted || !word.text.startsWith('@') || word.text === '@') return [word]
      if (depth >= MOST_DEPTH) throw new Error(`lists of names include each other more than ${MOST_DEPTH} deep`)
      const path = beside(file, word.text.slice(1))
      return expanded(parseWords(textOf(path, false) ?? ''), path, depth + 1)
    })
  return { ...rule, databases: expanded(rule.databases, rule.file, 0), users: expanded(rule.users, rule.file, 0) }
}

function textOf(path: string, mayBeMissing: boolean): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (mayBeMissing && code === 'ENOENT') return null
    throw new Error(`included file ${path} cannot be read (${code})`, { cause })
  }
}

/** Relative to the folder of the file that names it. */
function beside(file: string, path: string): string {
  return isAbsolute(path) ? path : join(dirname(file), path)
}
