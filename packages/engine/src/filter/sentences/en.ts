import type { FieldType } from '../field.ts'
import type { PatternCause } from '../pattern-fault.ts'

/** What each type's values look like. */
const expected: Readonly<Record<FieldType, string>> = {
  number: 'a number, such as 80 or 0x50',
  boolean: '1, 0, true or false',
  text: 'a text in quotes',
  ipv4: 'an IPv4 address or network, such as 192.0.2.1 or 10.0.0.0/8',
  ipv6: 'an IPv6 address or network, such as 2001:db8::1 or 2001:db8::/32',
  ether: 'a hardware address, such as 00:00:5e:00:53:01',
  bytes: 'bytes, such as 47:45:54 or "GET"',
  duration: 'a number of seconds, such as 0.5',
  time: 'a UTC time in quotes, such as "2026-01-31T12:00:00Z"',
  protocol: 'bytes, such as 47:45:54 or "GET"',
}

/** What is wrong with regular expressions. */
const patterns: Readonly<Record<PatternCause, string>> = {
  openGroup: 'opens a group that is never closed',
  extraBracket: 'closes a group that was never opened',
  unknownGroup: 'begins no kind of group that there is',
  openClass: 'opens a set of letters that is never closed',
  classOrder: 'is a range that ends before it begins',
  nothingToRepeat: 'has nothing before it to repeat',
  countOrder: 'asks for fewer at most than at least',
  lastBackslash: 'has nothing behind it to escape',
}

/** What can be wrong with a filter, and what to do about it, in English. */
export const en = {
  // where it is wrong
  wrongAtEnd: (what: string) => `the filter is wrong at its end: ${what}`,
  wrongAt: (column: number, piece: string, what: string) =>
    `the filter is wrong at column ${column}: ${piece}: ${what}`,

  // letters and texts
  unexpected: (letter: string) => `unexpected ${letter}`,
  noClosingQuote: () => 'the text has no closing quote',
  noEscape: (sequence: string) => `${sequence} is no escape sequence`,
  rawText: () => 'r"…" takes backslashes as they are',

  // how its parts are put together
  empty: () => 'it is empty',
  expectedEnd: () => 'expected and, or, or the end',
  tooDeep: (most: number) => `nested more than ${most} deep`,
  needsComparison: (quantifier: string) => `${quantifier} needs a comparison`,
  valueAlone: () => 'a value by itself is no test',
  compareIt: () => 'compare a field with it: field == value',
  endsEarly: () => 'it ends where a field or value is expected',
  expectedOperand: () => 'expected a field or value',
  expectedOperator: (operator: string) => `expected ${operator}`,
  noFunction: (name: string) => `there is no function ${name}`,
  functions: (names: readonly string[]) => `functions: ${names.join(', ')}`,
  openSlice: () => 'the slice has no closing bracket',
  noSlice: (part: string) => `${part} is no slice`,
  slices: () => '[start], [start:length], [first-last]',

  // fields and values
  noField: (name: string) => `there is no field ${name}`,
  listOfFields: () => 'docs/reference/filters.md lists the fields',
  didYouMean: (names: readonly string[]) => `did you mean ${names.join(', ')}?`,
  expectedField: () => 'expected a field',
  expectedValue: (type: FieldType) => `expected ${expected[type]}`,
  knownOnly: (field: string, values: readonly number[]) => `of ${field} only ${values.join(', ')} are known here`,
  twoValues: () => 'two values are compared, no field',
  fieldOnTheLeft: () => 'the field stands on the left',

  // types that do not go together
  needsNumbers: (type: FieldType) => `& needs numbers, not ${type}`,
  needsBytes: (type: FieldType) => `a slice needs bytes, not ${type}`,
  needsText: (name: string, type: FieldType) => `${name} needs text, not ${type}`,
  needsTextOrBytes: (name: string, type: FieldType) => `${name} needs text or bytes, not ${type}`,
  expectedTextOrBytes: () => 'expected a text or bytes',
  expectedPattern: () => 'expected a regular expression in quotes',
  badPattern: (cause: PatternCause, letter: number, piece: string) =>
    `at letter ${letter} of the regular expression, ${piece} ${patterns[cause]}`,
  patternLetter: (letter: string) => `\\${letter} in a text that begins with r" stands for the letter itself`,
  refusedPattern: (reason: string) => reason,
}
