import type { FieldValue } from './field.ts'
import { findField } from './fields.ts'
import type { FrameFacts } from './frame-facts.ts'
import { readLiteral } from './literals.ts'
import { Operands, type Side } from './operands.ts'
import { parseFilter } from './parse.ts'
import { patternFault } from './pattern-fault.ts'
import type { Operand, Relation, Test } from './syntax.ts'
import { hasAligned, hex, isBytes, latin1, order, plain, relate } from './values.ts'

/** A filter made ready: whether a frame passes it. O(size of the filter) a frame. */
export interface DisplayFilter {
  readonly text: string
  matches(frame: FrameFacts): boolean
}

type Predicate = (frame: FrameFacts) => boolean

/**
 * Makes a display filter in Wireshark's syntax (docs/reference/filters.md) ready.
 * @throws {FilterError} INVALID_FILTER saying where and why; the hint has suggestions for an unknown field.
 */
export function compileFilter(text: string): DisplayFilter {
  return { text, matches: new Compiler(text).test(parseFilter(text)) }
}

class Compiler {
  private readonly operands: Operands

  constructor(filter: string) {
    this.operands = new Operands(filter)
  }

  test(test: Test): Predicate {
    switch (test.is) {
      case 'not': {
        const inner = this.test(test.test)
        return (frame) => !inner(frame)
      }
      case 'both':
      case 'either':
      case 'one': {
        const [left, right] = [this.test(test.left), this.test(test.right)]
        if (test.is === 'both') return (frame) => left(frame) && right(frame)
        if (test.is === 'either') return (frame) => left(frame) || right(frame)
        return (frame) => left(frame) !== right(frame)
      }
      case 'exists': {
        const side = this.operands.side(test.operand)
        if (test.operand.is === 'and') return (frame) => side.read(frame).some((value) => Number(value) !== 0)
        return (frame) => side.read(frame).length > 0
      }
      case 'in':
        return this.membership(test)
      case 'compare':
        return this.comparison(test)
    }
  }

  private comparison({ left, right, relation, quantifier }: Test & { is: 'compare' }): Predicate {
    if (left.is === 'literal') {
      if (right.is === 'literal') this.operands.fail(left, (say) => say.twoValues())
      this.operands.fail(
        left,
        (say) => say.fieldOnTheLeft(),
        () => `${this.operands.textOf(right)} ${relation} ${this.operands.textOf(left)}`,
      )
    }
    const side = this.operands.side(left)
    const isAll = quantifier === 'all' || (quantifier === null && (relation === '!=' || relation === '==='))
    const compared = this.compared(side, relation, right)
    if (isAll) {
      return (frame) => {
        const values = side.read(frame)
        return values.length > 0 && values.every((value) => compared(value, frame))
      }
    }
    return (frame) => side.read(frame).some((value) => compared(value, frame))
  }

  /** Whether a value of the side stands in the relation to what is on the right. */
  private compared(side: Side, relation: Relation, right: Operand): (value: FieldValue, frame: FrameFacts) => boolean {
    if (relation === 'matches') return this.pattern(side, right)
    if (relation === 'contains') return this.containing(side, right)
    if (right.is !== 'literal') {
      if (right.is === 'field' && findField(right.name) === undefined && side.type !== 'number') {
        const literal = readLiteral(side.type, right.name, false)
        if (literal !== null) return (value) => relate(relation, order(value, literal))
      }
      const other = this.operands.side(right)
      const quantifiesAll = relation === '!=' || relation === '==='
      return (value, frame) => {
        const others = other.read(frame)
        const holds = (against: FieldValue) => relate(relation, order(value, { value: plain(against), mask: null }))
        return others.length > 0 && (quantifiesAll ? others.every(holds) : others.some(holds))
      }
    }
    const literal = this.operands.literal(side, right)
    return (value) => relate(relation, order(value, literal))
  }

  private membership({ left, set }: Test & { is: 'in' }): Predicate {
    const side = this.operands.side(left)
    const elements = set.map(([first, last]) => {
      const low = this.operands.literal(side, first)
      return { low, high: last === undefined ? null : this.operands.literal(side, last) }
    })
    const isIn = (value: FieldValue) =>
      elements.some(({ low, high }) =>
        high === null ? order(value, low) === 0 : order(value, low) >= 0 && order(value, high) <= 0,
      )
    return (frame) => side.read(frame).some(isIn)
  }

  private pattern(side: Side, right: Operand): (value: FieldValue) => boolean {
    if (right.is !== 'literal') this.operands.fail(right, (say) => say.expectedPattern())
    if (side.type !== 'text' && !isBytes(side.type))
      this.operands.fail(right, (say) => say.needsTextOrBytes('matches', side.type))
    let expression: RegExp
    try {
      expression = new RegExp(right.text, 'is')
    } catch (error) {
      const fault = patternFault(right.text)
      if (fault === null) this.operands.fail(right, (say) => say.refusedPattern((error as Error).message))
      this.operands.fail(
        right,
        (say) => say.badPattern(fault.cause, fault.at + 1, JSON.stringify(fault.piece)),
        (say) => say.patternLetter(fault.piece[0] ?? ''),
      )
    }
    return (value) => expression.test(typeof value === 'string' ? value : latin1(value))
  }

  private containing(side: Side, right: Operand): (value: FieldValue) => boolean {
    if (right.is !== 'literal' && right.is !== 'field') this.operands.fail(right, (say) => say.expectedTextOrBytes())
    if (side.type === 'text') {
      const text = right.is === 'literal' ? right.text : right.name
      return (value) => String(value).includes(text)
    }
    if (!isBytes(side.type)) this.operands.fail(right, (say) => say.needsTextOrBytes('contains', side.type))
    const sought = String(this.operands.literal(side, right).value)
    return (value) => hex(value).includes(sought) && hasAligned(hex(value), sought)
  }
}
