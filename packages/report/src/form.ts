import type { Report } from '@pcap-analyzer/engine'

/** A file that a form makes; the name may hold folders, with forward slashes. */
export interface OutputFile {
  readonly name: string
  readonly content: string | Uint8Array
}

/** One way to show a report, made of the report alone. */
export interface Form {
  /** What `--format` calls it. */
  readonly id: string
  /** What it is for, to follow a colon. */
  readonly description: string
  files(report: Report): readonly OutputFile[] | Promise<readonly OutputFile[]>
}
