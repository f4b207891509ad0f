import { filterError } from './filter-error.ts'
import type { SayOfFilter } from './sentences/index.ts'
import type { Operand, Place, Relation, SetElement, SliceRange, Test } from './syntax.ts'
import { type Token, tokenize } from './tokens.ts'

const MOST_DEPTH = 200
const relationWords: Readonly<Record<string, Relation>> = {
  '==': '==',
  eq: '==',
  any_eq: '==',
  '!=': '!=',
  ne: '!=',
  all_ne: '!=',
  '===': '===',
  all_eq: '===',
  '!==': '!==',
  '~=': '!==',
  any_ne: '!==',
  '>': '>',
  gt: '>',
  '<': '<',
  lt: '<',
  '>=': '>=',
  ge: '>=',
  '<=': '<=',
  le: '<=',
  contains: 'contains',
  '~': 'matches',
  matches: 'matches',
}
const functions: readonly string[] = ['len', 'count', 'lower', 'upper']

/** Reads a filter in Wireshark's syntax. @throws {EngineError} INVALID_FILTER with the column. */
export function parseFilter(filter: string): Test {
  const parser = new Parser(filter)
  const test = parser.either(0)
  parser.end()
  return test
}

/** Descends from the loosest binding (or) to the tightest; a method reads one level. */
class Parser {
  private readonly filter: string
  private readonly tokens: readonly Token[]
  private at = 0

  constructor(filter: string) {
    this.filter = filter
    this.tokens = tokenize(filter)
    if (this.tokens.length === 1)
      this.fail(
        { start: 0, end: 0 },
        (say) => say.empty(),
        () => 'tcp.port == 443',
      )
  }

  either(depth: number): Test {
    let left = this.exclusive(depth)
    while (this.takes('||', 'or')) left = pair('either', left, this.exclusive(depth))
    return left
  }

  end(): void {
    const token = this.next
    if (token.kind !== 'end') this.fail(token, (say) => say.expectedEnd())
  }

  private exclusive(depth: number): Test {
    let left = this.both(depth)
    while (this.takes('^^', 'xor')) left = pair('one', left, this.both(depth))
    return left
  }

  private both(depth: number): Test {
    let left = this.not(depth)
    while (this.takes('&&', 'and')) left = pair('both', left, this.not(depth))
    return left
  }

  private not(depth: number): Test {
    const { next } = this
    if (depth > MOST_DEPTH) this.fail(next, (say) => say.tooDeep(MOST_DEPTH))
    if (this.takes('!', 'not')) {
      const test = this.not(depth + 1)
      return { is: 'not', test, start: next.start, end: test.end }
    }
    if (this.isOperator('(')) {
      this.at++
      const test = this.either(depth + 1)
      this.expect(')')
      return test
    }
    return this.comparison()
  }

  private comparison(): Test {
    const { next } = this
    const quantifier = this.quantifier()
    const left = this.operand()
    const relation = this.relation()
    if (relation !== null) return this.compared(left, relation, quantifier, next)
    if (quantifier !== null) this.fail(next, (say) => say.needsComparison(quantifier))
    const isNegated = this.isWord('not') && this.tokens[this.at + 1]?.text === 'in'
    if (isNegated) this.at++
    if (this.takes('in')) {
      const set = this.set()
      const place = { start: left.start, end: this.tokens[this.at - 1].end }
      const test: Test = { is: 'in', left, set, ...place }
      return isNegated ? { is: 'not', test, ...place } : test
    }
    if (left.is === 'literal')
      this.fail(
        left,
        (say) => say.valueAlone(),
        (say) => say.compareIt(),
      )
    return { is: 'exists', operand: left, start: left.start, end: left.end }
  }

  /** `a < b < c` is `a < b && b < c`. */
  private compared(left: Operand, relation: Relation, quantifier: 'any' | 'all' | null, first: Token): Test {
    const right = this.operand()
    const test: Test = { is: 'compare', relation, quantifier, left, right, start: first.start, end: right.end }
    const another = this.relation()
    return another === null ? test : pair('both', test, this.compared(right, another, quantifier, first))
  }

  private operand(): Operand {
    let left = this.sliced()
    while (this.takes('&', 'bitwise_and', 'bitand')) {
      const right = this.sliced()
      left = { is: 'and', left, right, start: left.start, end: right.end }
    }
    return left
  }

  private sliced(): Operand {
    let operand = this.primary()
    while (this.isOperator('[')) {
      const ranges = this.slice()
      operand = { is: 'slice', of: operand, ranges, start: operand.start, end: this.tokens[this.at - 1].end }
    }
    return operand
  }

  private primary(): Operand {
    const token = this.next
    const { start, end, text, kind } = token
    if (kind === 'end') this.fail(token, (say) => say.endsEarly())
    this.at++
    if (kind === 'text') return { is: 'literal', text, isQuoted: true, start, end }
    if (kind === 'operator') this.fail(token, (say) => say.expectedOperand())
    if (this.isOperator('(') && functions.includes(text)) {
      this.at++
      const argument = this.operand()
      this.expect(')')
      return { is: 'call', name: text, argument, start, end: this.tokens[this.at - 1].end }
    }
    if (this.isOperator('('))
      this.fail(
        token,
        (say) => say.noFunction(text),
        (say) => say.functions(functions),
      )
    const isField = /^[A-Za-z_][A-Za-z0-9_]*(?:[.-][A-Za-z0-9_]+)*$/.test(text) && !/^(true|false)$/i.test(text)
    return isField ? { is: 'field', name: text, start, end } : { is: 'literal', text, isQuoted: false, start, end }
  }

  /** `[0]`, `[0:4]` (start and length), `[0-3]` (first and last), `[:4]`, `[4:]`, several with commas. */
  private slice(): SliceRange[] {
    const open = this.next
    this.at++
    let text = ''
    while (!this.isOperator(']')) {
      if (this.next.kind === 'end') this.fail(open, (say) => say.openSlice())
      text += this.next.text
      this.at++
    }
    this.at++
    return text.split(',').map((part) => {
      const range = readRange(part)
      if (range === null)
        this.fail(
          open,
          (say) => say.noSlice(JSON.stringify(part)),
          (say) => say.slices(),
        )
      return range
    })
  }

  private set(): SetElement[] {
    this.expect('{')
    const elements: SetElement[] = []
    for (;;) {
      const first = this.operand()
      elements.push(this.takes('..') ? [first, this.operand()] : [first])
      if (this.takes(',')) continue
      this.expect('}')
      return elements
    }
  }

  private quantifier(): 'any' | 'all' | null {
    const { text, kind } = this.next
    if (kind !== 'word' || (text !== 'any' && text !== 'all')) return null
    this.at++
    return text
  }

  private relation(): Relation | null {
    const { kind, text } = this.next
    const relation = kind === 'operator' || kind === 'word' ? relationWords[text] : undefined
    if (relation === undefined) return null
    this.at++
    return relation
  }

  private get next(): Token {
    return this.tokens[this.at]
  }

  private isOperator(text: string): boolean {
    return this.next.kind === 'operator' && this.next.text === text
  }

  private isWord(text: string): boolean {
    return this.next.kind === 'word' && this.next.text === text
  }

  private takes(...texts: readonly string[]): boolean {
    const { kind, text } = this.next
    if ((kind !== 'operator' && kind !== 'word') || !texts.includes(text)) return false
    this.at++
    return true
  }

  private expect(operator: string): void {
    if (!this.takes(operator)) this.fail(this.next, (say) => say.expectedOperator(operator))
  }

  private fail(place: Place, what: SayOfFilter, hint?: SayOfFilter): never {
    throw filterError(this.filter, place, what, hint)
  }
}

function pair(is: 'both' | 'either' | 'one', left: Test, right: Test): Test {
  return { is, left, right, start: left.start, end: right.end }
}

function readRange(text: string): SliceRange | null {
  const match = /^(-?\d+)?(?:(:|-)(-?\d+)?)?$/.exec(text)
  if (match === null || text === '' || text === ':') return null
  const [, first, separator, second] = match
  const start = first === undefined ? 0 : Number(first)
  if (separator === undefined) return { start, length: 1 }
  if (second === undefined) return separator === ':' ? { start, length: null } : null
  if (separator === ':') return Number(second) > 0 ? { start, length: Number(second) } : null
  const length = Number(second) - start + 1
  return length > 0 ? { start, length } : null
}
