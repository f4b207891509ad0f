import type { FieldType, FieldValue } from './field.ts'
import type { Literal } from './literals.ts'
import type { Relation } from './syntax.ts'

export function isBytes(type: FieldType): boolean {
  return type === 'bytes' || type === 'protocol'
}

export function plain(value: FieldValue): number | bigint | string {
  return typeof value === 'object' ? hex(value) : value
}

export function hex(value: FieldValue): string {
  let text = ''
  for (const byte of value as Uint8Array) text += byte.toString(16).padStart(2, '0')
  return text
}

export function latin1(value: FieldValue): string {
  return String.fromCharCode(...(value as Uint8Array).subarray(0, 65_535))
}

/** Found at a whole byte, not across two. */
export function hasAligned(text: string, sought: string): boolean {
  for (let at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, at + 1)) if (at % 2 === 0) return true
  return false
}

/** Negative, 0 or positive as the value is less, equal or more; with a mask only its bits are compared. */
export function order(value: FieldValue, { value: against, mask }: Literal): number {
  const own = plain(value)
  if (mask !== null && typeof own === 'bigint') {
    const [a, b] = [own & mask, (against as bigint) & mask]
    return a < b ? -1 : a > b ? 1 : 0
  }
  return own < against ? -1 : own > against ? 1 : 0
}

export function relate(relation: Relation, comparison: number): boolean {
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
