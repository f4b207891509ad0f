import { REPORT_FORMAT, type Report } from '@pcap-analyzer/engine'
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import { ReportError } from './errors.ts'
import { reportSchema } from './schema/report-schema.ts'

/**
 * A report read from its JSON, checked against the schema, so that everything behind it may trust its shape. Its texts stay what they
 * are: captured, and not to be trusted.
 * @throws {ReportError} NOT_A_REPORT saying where it is not one.
 */
export function readReport(text: string): Report {
  const value = parsed(text)
  const { format } = (value ?? {}) as { format?: unknown }
  if (format !== REPORT_FORMAT) {
    const found = typeof format === 'string' ? `it is ${JSON.stringify(format.slice(0, 60))}` : 'it says no format'
    throw new ReportError('NOT_A_REPORT', `no report of this version: ${found}, expected ${REPORT_FORMAT}`, {
      hint: 'pcap-analyzer analyze -o NAME CAPTURE writes one',
    })
  }
  const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile<Report>(reportSchema)
  if (!validate(value)) throw new ReportError('NOT_A_REPORT', `damaged report: ${placeOf(validate.errors?.[0])}`)
  return value
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ReportError('NOT_A_REPORT', `no JSON: ${(cause as Error).message.slice(0, 200)}`, { cause })
  }
}

function placeOf(error: ErrorObject | undefined): string {
  if (error === undefined) return 'unknown'
  return `${error.instancePath === '' ? 'the report' : error.instancePath} ${error.message ?? 'is wrong'}`
}
