import { readFileSync } from 'node:fs'
import type { Report } from '@pcap-analyzer/engine'
import { readReport } from '@pcap-analyzer/report'
import { CommandError } from '../errors.ts'

const MOST_BYTES = 256 << 20

/** Reads a report from a file, or standard input for `-`. @throws {CommandError} REPORT_UNREADABLE; NOT_A_REPORT of the package report. */
export function loadReport(path: string): Report {
  return readReport(loadReportText(path))
}

/** The text of a report, exactly. @throws {CommandError} REPORT_UNREADABLE. */
export function loadReportText(path: string): string {
  try {
    const bytes = readFileSync(path === '-' ? 0 : path)
    if (bytes.length > MOST_BYTES) throw new Error(`larger than ${MOST_BYTES} bytes`)
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const reason = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : message
    throw new CommandError('REPORT_UNREADABLE', `cannot read ${path}: ${reason}`, { cause })
  }
}
