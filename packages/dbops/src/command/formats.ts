import { DbopsError } from '../errors.ts'
import { printJson } from './printed/print-json.ts'
import { printJunit } from './printed/print-junit.ts'
import { printNagios } from './printed/print-nagios.ts'
import { printProm } from './printed/print-prom.ts'
import { printSarif } from './printed/print-sarif.ts'
import { printText } from './printed/print-text.ts'
import type { Printed } from './printed/printed.ts'

const printers = {
  text: printText,
  json: printJson,
  sarif: printSarif,
  junit: printJunit,
  nagios: printNagios,
  prom: printProm,
} as const satisfies Readonly<Record<string, (printed: Printed) => string>>

/** The forms every command prints. */
export type Format = keyof typeof printers

/** @throws {DbopsError} USAGE */
export function readFormat(text: string): Format {
  if (Object.hasOwn(printers, text)) return text as Format
  throw new DbopsError('USAGE', `format "${text}" is unknown`, { hint: `one of ${Object.keys(printers).join(', ')}` })
}

/** What a command came to in a form; ends with a line end. */
export function print(format: Format, printed: Printed): string {
  return `${printers[format](printed).replace(/\n+$/, '')}\n`
}
