import { isMap, isScalar, LineCounter, type Node, type Pair, parseDocument } from 'yaml'
import { CommandError } from '../errors.ts'
import { closestWord } from './closest-word.ts'
import { configKeys } from './config-keys.ts'

/** A key of the file that was found to be right. */
export interface ConfigEntry {
  readonly key: string
  readonly value: unknown
  readonly line: number
}

const groups = new Set(
  configKeys.flatMap(({ path }) => {
    const names = path.split('.').slice(0, -1)
    return names.map((_, i) => names.slice(0, i + 1).join('.'))
  }),
)

/**
 * Reads and checks a configuration file. An empty one is right.
 * @throws {CommandError} INVALID_CONFIG for the first thing that is wrong, with line, key, and what was probably meant.
 */
export function readConfigEntries(path: string, text: string): ConfigEntry[] {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter })
  const lineOf = (node: unknown) => lineCounter.linePos((node as Node | null)?.range?.[0] ?? 0).line
  const fail = (line: number, problem: string, hint?: string): never => {
    throw new CommandError('INVALID_CONFIG', `${path}, line ${line}: ${problem}`, { hint })
  }
  const [error] = document.errors
  if (error !== undefined)
    fail(error.linePos?.[0].line ?? 1, `no valid YAML: ${error.message.split('\n')[0].replace(/ at line .*$/, '')}`)
  if (document.contents === null) return []
  const entries: ConfigEntry[] = []

  const readMap = (node: unknown, prefix: string) => {
    if (!isMap(node)) {
      fail(lineOf(node), prefix === '' ? 'expected keys with values' : `${prefix} must hold keys with values`)
      return
    }
    for (const pair of node.items) readPair(pair, prefix)
  }
  const readPair = ({ key, value }: Pair, prefix: string) => {
    const name = `${prefix === '' ? '' : `${prefix}.`}${isScalar(key) ? String(key.value) : '?'}`
    const line = lineOf(key)
    if (groups.has(name)) {
      readMap(value, name)
      return
    }
    const definition = configKeys.find((candidate) => candidate.path === name)
    if (definition === undefined) {
      const meant = closestWord(name, [...configKeys.map((candidate) => candidate.path), ...groups])
      fail(
        line,
        `unknown key ${name}`,
        meant === null ? 'pcap-analyzer show-config lists all keys' : `did you mean ${meant}?`,
      )
      return
    }
    const plain = isScalar(value) ? value.value : value === null ? null : document.toJS({ maxAliasCount: 0 })
    if (!definition.accepts(plain)) {
      fail(
        line,
        `${name} must be ${definition.expectation}, not ${isScalar(value) ? JSON.stringify(plain) : 'a collection'}`,
      )
    }
    entries.push({ key: name, value: plain, line })
  }
  readMap(document.contents, '')
  return entries
}
