import type { Field, FieldType, FieldValue } from './field.ts'
import { filterFields, findField, otherName } from './fields.ts'
import { filterError } from './filter-error.ts'
import type { FrameFacts } from './frame-facts.ts'
import { type Literal, readLiteral } from './literals.ts'
import type { SayOfFilter } from './sentences/index.ts'
import { suggest } from './suggest.ts'
import type { Operand, Place, SliceRange } from './syntax.ts'
import { hex, isBytes } from './values.ts'

/** A side of a comparison made ready. */
export interface Side {
  readonly type: FieldType
  readonly field: Field | null
  read(frame: FrameFacts): readonly FieldValue[]
}

/** Makes what stands on the sides of a filter's comparisons ready. */
export class Operands {
  private readonly filter: string

  constructor(filter: string) {
    this.filter = filter
  }

  literal(side: Side, operand: Operand): Literal {
    const isWord = operand.is === 'field'
    if (operand.is !== 'literal' && !isWord) this.fail(operand, (say) => say.expectedValue(side.type))
    const text = operand.is === 'field' ? operand.name : operand.text
    const literal = readLiteral(side.type, text, operand.is === 'literal' && operand.isQuoted)
    if (literal === null || (isWord && side.type === 'text')) {
      const hint = this.literalHint(side, text)
      this.fail(operand, (say) => say.expectedValue(side.type), hint === undefined ? undefined : () => hint)
    }
    const known = side.field?.known
    if (known !== undefined && !known.includes(Number(literal.value))) {
      this.fail(operand, (say) => say.knownOnly(side.field?.name ?? '', known))
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

  side(operand: Operand): Side {
    switch (operand.is) {
      case 'literal':
        return this.fail(operand, (say) => say.expectedField())
      case 'field':
        return this.field(operand, operand.name)
      case 'slice':
        return this.sliced(operand.of, operand.ranges)
      case 'and': {
        const left = this.side(operand.left)
        const right = this.literal(left, operand.right)
        if (left.type !== 'number' && left.type !== 'boolean' && !isBytes(left.type)) {
          this.fail(operand, (say) => say.needsNumbers(left.type))
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
    return this.fail(
      place,
      (say) => say.noField(name),
      (say) => (names.length === 0 ? say.listOfFields() : say.didYouMean(names)),
    )
  }

  private sliced(of: Operand, ranges: readonly SliceRange[]): Side {
    const side = this.side(of)
    if (!isBytes(side.type) && side.type !== 'ether' && side.type !== 'text') {
      this.fail(of, (say) => say.needsBytes(side.type))
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
      if (side.type !== 'text' && !isBytes(side.type))
        this.fail(argument, (say) => say.needsTextOrBytes(name, side.type))
      const length = (value: FieldValue) =>
        typeof value === 'string' ? encoder.encode(value).length : (value as Uint8Array).length
      return { type: 'number', field: null, read: (frame) => side.read(frame).map(length) }
    }
    if (side.type !== 'text') this.fail(argument, (say) => say.needsText(name, side.type))
    const change = (value: FieldValue) => (name === 'lower' ? String(value).toLowerCase() : String(value).toUpperCase())
    return { type: 'text', field: null, read: (frame) => side.read(frame).map(change) }
  }

  textOf({ start, end }: Place): string {
    return this.filter.slice(start, end)
  }

  fail(place: Place, what: SayOfFilter, hint?: SayOfFilter): never {
    throw filterError(this.filter, place, what, hint)
  }
}

const encoder = new TextEncoder()

function textOf(read: (frame: FrameFacts) => Uint8Array[]): (frame: FrameFacts) => string[] {
  return (frame) => read(frame).map((bytes) => new TextDecoder().decode(bytes))
}

function concatenated(pieces: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]))
}
