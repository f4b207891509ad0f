import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { CommandError } from '../errors.ts'

const HAS_WILDCARD = /[*?[]/

/**
 * Paths that the arguments mean: `-` and names of files as they are, patterns (`*`, `?`, `[a-z]`, `**`) as the files that match, by name.
 * @throws {CommandError} NO_SUCH_FILE when nothing matches a pattern, USAGE when a file is named twice.
 */
export function expandFiles(args: readonly string[]): string[] {
  const paths = args.flatMap((argument) => (isPattern(argument) ? matchesOf(argument) : [argument]))
  const twice = paths.find((path, i) => paths.indexOf(path) < i)
  if (twice !== undefined) throw new CommandError('USAGE', `${twice} is named twice`)
  return paths
}

/** A file that exists is meant literally, whatever its name. */
function isPattern(argument: string): boolean {
  return HAS_WILDCARD.test(argument) && !existsSync(argument)
}

function matchesOf(pattern: string): string[] {
  const isAbsolute = pattern.startsWith('/')
  const segments = pattern.split('/').filter((segment) => segment !== '')
  const found = expand(isAbsolute ? '/' : '', segments)
  if (found.length > 0) return found.sort()
  throw new CommandError('NO_SUCH_FILE', `no file matches ${pattern}`)
}

function expand(folder: string, [segment, ...rest]: readonly string[]): string[] {
  if (segment === undefined) return []
  const isLast = rest.length === 0
  if (segment === '**') {
    const below = entriesOf(folder).filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    const here = isLast ? expand(folder, ['*']) : expand(folder, rest)
    return [...here, ...below.flatMap(({ name }) => expand(join(folder, name), ['**', ...rest]))]
  }
  if (!HAS_WILDCARD.test(segment)) {
    const path = join(folder, segment)
    if (!existsSync(path)) return []
    return isLast ? [path] : expand(path, rest)
  }
  const expression = expressionOf(segment)
  return entriesOf(folder)
    .filter(({ name }) => expression.test(name) && (segment.startsWith('.') || !name.startsWith('.')))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (!isLast) return entry.isFile() ? [] : expand(path, rest)
      return entry.isDirectory() ? [] : [path]
    })
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder === '' ? '.' : folder, { withFileTypes: true })
  } catch {
    return [] // no folder, or none that may be read: nothing in it matches
  }
}

function expressionOf(segment: string): RegExp {
  const source = segment.replace(/\[[!^]?\]?[^\]]*\]|[*?]|[^*?[]+|\[/g, (part) => {
    if (part === '*') return '.*'
    if (part === '?') return '.'
    if (part.length > 2 && part.startsWith('['))
      return `[${part[1] === '!' || part[1] === '^' ? '^' : ''}${classOf(part)}]`
    return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  })
  return new RegExp(`^${source}$`, 's')
}

/** The inside of a class of characters; only ranges keep a meaning. */
function classOf(part: string): string {
  return part.slice(part[1] === '!' || part[1] === '^' ? 2 : 1, -1).replace(/[\\\]^[]/g, '\\$&')
}
