import { filterError } from './filter-error.ts'

export type TokenKind = 'word' | 'text' | 'operator' | 'end'

/** One piece of a filter; `text` is what it stands for, escapes resolved. */
export interface Token {
  readonly kind: TokenKind
  readonly text: string
  readonly start: number
  readonly end: number
}

const OPERATORS = [
  '===',
  '!==',
  '==',
  '!=',
  '~=',
  '>=',
  '<=',
  '&&',
  '||',
  '^^',
  '..',
  '>',
  '<',
  '!',
  '~',
  '&',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  ',',
]
/** Letters of field names, numbers, addresses, prefixes and times; a word ends before `..`. */
const WORD = /^(?:(?!\.\.)[A-Za-z0-9_.:/\-+#])+/
const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
}

/** Splits a filter into tokens. @throws {EngineError} INVALID_FILTER. */
export function tokenize(filter: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < filter.length) {
    const character = filter[at]
    if (/\s/.test(character)) at++
    else {
      const token = readToken(filter, at)
      tokens.push(token)
      at = token.end
    }
  }
  tokens.push({ kind: 'end', text: '', start: filter.length, end: filter.length })
  return tokens
}

function readToken(filter: string, at: number): Token {
  const rest = filter.slice(at)
  if (rest[0] === '"') return readText(filter, at, at, false)
  if (/^[rR]"/.test(rest)) return readText(filter, at + 1, at, true)
  const operator = OPERATORS.find((candidate) => rest.startsWith(candidate))
  if (operator !== undefined) return { kind: 'operator', text: operator, start: at, end: at + operator.length }
  const word = WORD.exec(rest)?.[0]
  if (word === undefined) {
    throw filterError(filter, { start: at, end: at + 1 }, (say) => say.unexpected(JSON.stringify(rest[0])))
  }
  return { kind: 'word', text: word, start: at, end: at + word.length }
}

/** A text in quotes; a raw one keeps its backslashes. */
function readText(filter: string, quote: number, start: number, isRaw: boolean): Token {
  let text = ''
  let at = quote + 1
  for (;;) {
    const character = filter[at]
    if (character === undefined) {
      throw filterError(filter, { start, end: filter.length }, (say) => say.noClosingQuote())
    }
    if (character === '"') return { kind: 'text', text, start, end: at + 1 }
    if (character !== '\\' || isRaw) {
      text += character
      at++
      if (isRaw && character === '\\' && filter[at] === '"') {
        text += '"'
        at++
      }
      continue
    }
    const hex = /^\\x([0-9A-Fa-f]{1,2})/.exec(filter.slice(at, at + 4))
    const octal = /^\\([0-7]{1,3})/.exec(filter.slice(at, at + 4))
    if (hex !== null) text += String.fromCharCode(Number.parseInt(hex[1], 16))
    else if (octal !== null) text += String.fromCharCode(Number.parseInt(octal[1], 8) & 255)
    else if (escapes[filter[at + 1]] !== undefined) text += escapes[filter[at + 1]]
    else {
      const sequence = filter.slice(at, at + 2)
      const place = { start: at, end: at + 2 }
      throw filterError(
        filter,
        place,
        (say) => say.noEscape(sequence),
        (say) => say.rawText(),
      )
    }
    at += hex?.[0].length ?? octal?.[0].length ?? 2
  }
}
