import type { Field, FieldType, FieldValue } from './field.ts'
import { filterFields, findField, otherName } from './fields.ts'
import { filterError } from './filter-error.ts'
import type { FrameFacts } from './frame-facts.ts'
import { expectations, type Literal, readLiteral } from './literals.ts'
import { parseFilter } from './parse.ts'
import { suggest } from './suggest.ts'
import type { Operand, Place, Relation, SliceRange, Test } from './syntax.ts'

/** A filter made ready: whether a frame passes it. O(size of the filter) a frame. */
export interface DisplayFilter {
  readonly text: string
  matches(frame: FrameFacts): boolean
}

type Predicate = (frame: FrameFacts) => boolean

/** A side of a comparison made ready. */
interface Side {
  readonly type: FieldType
  readonly field: Field | null
  read(frame: FrameFacts): readonly FieldValue[]
}

/**
 * Makes a display filter in Wireshark's syntax (docs/reference/filters.md) ready.
 * @throws {EngineError} INVALID_FILTER saying where and why; the hint has suggestions for an unknown field.
 */
export function compileFilter(text: string): DisplayFilter {
  return { text, matches: new Compiler(text).test(parseFilter(text)) }
}

class Compiler {
  private readonly filter: string

  constructor(filter: string) {
    this.filter = filter
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
        const side = this.side(test.operand)
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
      if (right.is === 'literal') this.fail(left, 'two values are compared, no field')
      this.fail(left, 'the field stands on the left', `${this.textOf(right)} ${relation} ${this.textOf(left)}`)
    }
    const side = this.side(left)
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
      const other = this.side(right)
      const quantifiesAll = relation === '!=' || relation === '==='
      return (value, frame) => {
        const others = other.read(frame)
        const holds = (against: FieldValue) => relate(relation, order(value, { value: plain(against), mask: null }))
        return others.length > 0 && (quantifiesAll ? others.every(holds) : others.some(holds))
      }
    }
    const literal = this.literal(side, right)
    return (value) => relate(relation, order(value, literal))
  }

  private membership({ left, set }: Test & { is: 'in' }): Predicate {
    const side = this.side(left)
    const elements = set.map(([first, last]) => {
      const low = this.literal(side, first)
      return { low, high: last === undefined ? null : this.literal(side, last) }
    })
    const isIn = (value: FieldValue) =>
      elements.some(({ low, high }) =>
        high === null ? order(value, low) === 0 : order(value, low) >= 0 && order(value, high) <= 0,
      )
    return (frame) => side.read(frame).some(isIn)
  }

  private pattern(side: Side, right: Operand): (value: FieldValue) => boolean {
    if (right.is !== 'literal') this.fail(right, 'expected a regular expression in quotes')
    if (side.type !== 'text' && !isBytes(side.type)) this.fail(right, `matches needs text or bytes, not ${side.type}`)
    let expression: RegExp
    try {
      expression = new RegExp(right.text, 'is')
    } catch (error) {
      this.fail(right, (error as Error).message)
    }
    return (value) => expression.test(typeof value === 'string' ? value : latin1(value))
  }

  private containing(side: Side, right: Operand): (value: FieldValue) => boolean {
    if (right.is !== 'literal' && right.is !== 'field') this.fail(right, 'expected a text or bytes')
    if (side.type === 'text') {
      const text = right.is === 'literal' ? right.text : right.name
      return (value) => String(value).includes(text)
    }
    if (!isBytes(side.type)) this.fail(right, `contains needs text or bytes, not ${side.type}`)
    const sought = String(this.literal(side, right).value)
    return (value) => hex(value).includes(sought) && hasAligned(hex(value), sought)
  }

  private literal(side: Side, operand: Operand): Literal {
    const isWord = operand.is === 'field'
    if (operand.is !== 'literal' && !isWord) this.fail(operand, `expected ${expectations[side.type]}`)
    const text = operand.is === 'field' ? operand.name : operand.text
    const literal = readLiteral(side.type, text, operand.is === 'literal' && operand.isQuoted)
    if (literal === null || (isWord && side.type === 'text')) {
      this.fail(operand, `expected ${expectations[side.type]}`, this.literalHint(side, text))
    }
    const known = side.field?.known
    if (known !== undefined && !known.includes(Number(literal.value))) {
      this.fail(operand, `of ${side.field?.name} only ${known.join(', ')} are known here`)
    }
    return literal
  }

  private literalHint(side: Side, text: string): string | undefined {
    if (side.type === 'text') return JSON.stringify(text)
    const version = side.type === 'ipv4' ? 'ipv6' : side.type === 'ipv6' ? 'ipv4' : null
    if (version === null || readLiteral(version, text, false) === null) return undefined
    const name = side.field?.name ?? ''
    return version === 'ipv6' ? name.replace(/^ip\./, 'ipv6.') : name.replace(/^ipv6\./, 'ip.')
  }

  private side(operand: Operand): Side {
    switch (operand.is) {
      case 'literal':
        return this.fail(operand, 'expected a field')
      case 'field':
        return this.field(operand, operand.name)
      case 'slice':
        return this.sliced(operand.of, operand.ranges)
      case 'and': {
        const left = this.side(operand.left)
        const right = this.literal(left, operand.right)
        if (left.type !== 'number' && left.type !== 'boolean' && !isBytes(left.type)) {
          this.fail(operand, `& needs numbers, not ${left.type}`)
        }
        const mask = isBytes(left.type) ? Number.parseInt(String(right.value), 16) : Number(right.value)
        const read = (frame: FrameFacts) =>
          left.read(frame).map((value) => (typeof value === 'number' ? value : Number.parseInt(hex(value), 16)) & mask)
        return { type: 'number', field: null, read }
      }
      case 'call':
        return this.called(operand.name, operand.argument)
    }
  }

  private field(place: Place, name: string): Side {
    const field = findField(name)
    if (field !== undefined) return { type: field.type, field, read: field.read }
    const other = otherName(name)
    const names =
      other === undefined
        ? suggest(
            name,
            filterFields.map((known) => known.name),
          )
        : [other]
    const hint = names.length === 0 ? 'docs/reference/filters.md lists the fields' : `did you mean ${names.join(', ')}?`
    return this.fail(place, `there is no field ${name}`, hint)
  }

  private sliced(of: Operand, ranges: readonly SliceRange[]): Side {
    const side = this.side(of)
    if (!isBytes(side.type) && side.type !== 'ether' && side.type !== 'text') {
      this.fail(of, `a slice needs bytes, not ${side.type}`)
    }
    const read = (frame: FrameFacts) =>
      side.read(frame).flatMap((value) => {
        const bytes = typeof value === 'string' ? encoder.encode(value) : (value as Uint8Array)
        const pieces = ranges.map(({ start, length }) => {
          const first = start < 0 ? bytes.length + start : start
          const end = length === null ? bytes.length : first + length
          return first < 0 || first >= bytes.length || end > bytes.length ? null : bytes.subarray(first, end)
        })
        return pieces.includes(null) ? [] : [concatenated(pieces as Uint8Array[])]
      })
    return {
      type: side.type === 'text' ? 'text' : 'bytes',
      field: null,
      read: side.type === 'text' ? textOf(read) : read,
    }
  }

  private called(name: string, argument: Operand): Side {
    const side = this.side(argument)
    if (name === 'count') {
      const read = (frame: FrameFacts) => {
        const { length } = side.read(frame)
        return length === 0 ? [] : [length]
      }
      return { type: 'number', field: null, read }
    }
    if (name === 'len') {
      if (side.type !== 'text' && !isBytes(side.type)) this.fail(argument, `len needs text or bytes, not ${side.type}`)
      const length = (value: FieldValue) =>
        typeof value === 'string' ? encoder.encode(value).length : (value as Uint8Array).length
      return { type: 'number', field: null, read: (frame) => side.read(frame).map(length) }
    }
    if (side.type !== 'text') this.fail(argument, `${name} needs text, not ${side.type}`)
    const change = (value: FieldValue) => (name === 'lower' ? String(value).toLowerCase() : String(value).toUpperCase())
    return { type: 'text', field: null, read: (frame) => side.read(frame).map(change) }
  }

  private textOf({ start, end }: Place): string {
    return this.filter.slice(start, end)
  }

  private fail(place: Place, what: string, hint?: string): never {
    throw filterError(this.filter, place.start, place.end, what, hint)
  }
}

const encoder = new TextEncoder()

function isBytes(type: FieldType): boolean {
  return type === 'bytes' || type === 'protocol'
}

function textOf(read: (frame: FrameFacts) => Uint8Array[]): (frame: FrameFacts) => string[] {
  return (frame) => read(frame).map((bytes) => new TextDecoder().decode(bytes))
}

function concatenated(pieces: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]))
}

function latin1(value: FieldValue): string {
  return String.fromCharCode(...(value as Uint8Array).subarray(0, 65_535))
}

function hex(value: FieldValue): string {
  let text = ''
  for (const byte of value as Uint8Array) text += byte.toString(16).padStart(2, '0')
  return text
}

/** Found at a whole byte, not across two. */
function hasAligned(text: string, sought: string): boolean {
  for (let at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, at + 1)) if (at % 2 === 0) return true
  return false
}

function plain(value: FieldValue): number | bigint | string {
  return typeof value === 'object' ? hex(value) : value
}

/** Negative, 0 or positive as the value is less, equal or more; with a mask only its bits are compared. */
function order(value: FieldValue, { value: against, mask }: Literal): number {
  const own = plain(value)
  if (mask !== null && typeof own === 'bigint') {
    const [a, b] = [own & mask, (against as bigint) & mask]
    return a < b ? -1 : a > b ? 1 : 0
  }
  return own < against ? -1 : own > against ? 1 : 0
}

function relate(relation: Relation, comparison: number): boolean {
  switch (relation) {
    case '==':
    case '===':
      return comparison === 0
    case '!=':
    case '!==':
      return comparison !== 0
    case '>':
      return comparison > 0
    case '<':
      return comparison < 0
    case '>=':
      return comparison >= 0
    default:
      return comparison <= 0
  }
}
