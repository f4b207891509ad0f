/** What is wrong with a regular expression of JavaScript without the flags u and v. */
export type PatternCause =
  | 'openGroup'
  | 'extraBracket'
  | 'unknownGroup'
  | 'openClass'
  | 'classOrder'
  | 'nothingToRepeat'
  | 'countOrder'
  | 'lastBackslash'

export interface PatternFault {
  readonly cause: PatternCause
  /** Index of the letter where it begins. */
  readonly at: number
  /** What stands there. */
  readonly piece: string
}

const GROUP = /^\((?!\?)|^\(\?(?:[:=!]|<[=!]|<[\p{ID_Start}$_][\p{ID_Continue}$]*>|[ims]*(?:-[ims]*)?:)/u
const COUNT = /^\{(\d+)(?:(,)(\d*))?\}/
const CONTROL: Readonly<Record<string, number>> = { b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 }

/** Finds what is wrong with an expression that is refused; null where that is something rarer. O(its length). */
export function patternFault(pattern: string): PatternFault | null {
  const fault = (cause: PatternCause, at: number, piece = pattern[at] ?? '') => ({ cause, at, piece })
  /** Groups that are open, and whether each may be repeated. */
  const groups: { readonly at: number; readonly isRepeatable: boolean }[] = []
  let isRepeatable = false
  for (let at = 0; at < pattern.length; ) {
    const letter = pattern[at]
    const rest = pattern.slice(at)
    const count = COUNT.exec(rest)
    if (letter === '\\') {
      if (at + 1 === pattern.length) return fault('lastBackslash', at)
      isRepeatable = !/[bB]/.test(pattern[at + 1] ?? '')
      at += 2
    } else if (letter === '(') {
      const opening = GROUP.exec(rest)?.[0]
      if (opening === undefined) return fault('unknownGroup', at, rest.slice(0, 3))
      groups.push({ at, isRepeatable: !/^\(\?<[=!]/.test(opening) })
      isRepeatable = false
      at += opening.length
    } else if (letter === ')') {
      const group = groups.pop()
      if (group === undefined) return fault('extraBracket', at)
      isRepeatable = group.isRepeatable
      at++
    } else if (letter === '[') {
      const end = endOfClass(pattern, at)
      if (end === null) return fault('openClass', at)
      const range = wrongRange(pattern.slice(at + 1, end))
      if (range !== null) return fault('classOrder', at + 1 + range.at, range.piece)
      isRepeatable = true
      at = end + 1
    } else if (letter === '*' || letter === '+' || letter === '?' || count !== null) {
      const piece = count?.[0] ?? letter
      if (!isRepeatable) return fault('nothingToRepeat', at, piece)
      if (count?.[3] && Number(count[3]) < Number(count[1])) return fault('countOrder', at, piece)
      isRepeatable = false
      at += piece.length
      if (pattern[at] === '?') at++
    } else {
      isRepeatable = letter !== '^' && letter !== '$' && letter !== '|'
      at++
    }
  }
  const open = groups.at(-1)
  return open === undefined ? null : fault('openGroup', open.at)
}

/** Index of the bracket that ends a class. */
function endOfClass(pattern: string, begin: number): number | null {
  for (let at = begin + 1; at < pattern.length; at++) {
    if (pattern[at] === '\\') at++
    else if (pattern[at] === ']') return at
  }
  return null
}

/** The first range of a class that ends before it begins. */
function wrongRange(inside: string): { at: number; piece: string } | null {
  const members = [...inside.replace(/^\^/, '\0').matchAll(MEMBER)]
  for (let i = inside.startsWith('^') ? 1 : 0; i + 2 < members.length; i++) {
    const [low, dash, high] = members.slice(i, i + 3)
    if (dash?.[0] !== '-' || low === undefined || high === undefined) continue
    const [from, to] = [codeOf(low[0]), codeOf(high[0])]
    if (from !== null && to !== null && to < from) return { at: low.index, piece: low[0] + dash[0] + high[0] }
    i += 2
  }
  return null
}

const MEMBER = /\\(?:x[\da-f]{2}|u[\da-f]{4}|c\w|[0-3][0-7]{0,2}|[4-7][0-7]?|(?=c)|[^c])|./gis

/** Code of a member of a class; null of a set such as `\d`. */
function codeOf(member: string): number | null {
  const [slash, letter = ''] = member
  if (slash !== '\\' || member.length === 1) return member.charCodeAt(0)
  if (/[dDsSwW]/.test(letter)) return null
  if (/[xu]/.test(letter) && member.length > 2) return Number.parseInt(member.slice(2), 16)
  if (letter === 'c') return member.charCodeAt(2) % 32
  if (/[0-7]/.test(letter)) return Number.parseInt(member.slice(1), 8)
  return CONTROL[letter] ?? letter.charCodeAt(0)
}
