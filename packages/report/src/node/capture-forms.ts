import type { Limits, Report } from '@pcap-analyzer/engine'
import { lists } from '../lists/index.ts'
import { zeekLogNames } from '../zeek/zeek-logs.ts'
import { writeParquet } from './parquet-files.ts'
import { writeZeekLogs } from './zeek-files.ts'

export interface CaptureFormOptions {
  readonly limits?: Partial<Limits>
  /** As {@link FileSet} has it. */
  readonly isFlushed?: boolean
}

/** A form that captures are read for: files by their names, written all at once. */
interface CaptureForm {
  readonly parts: readonly string[]
  write(report: Report, captures: readonly string[], folder: string, options?: CaptureFormOptions): Promise<unknown>
}

/** What only a capture gives, beside the forms that are made of its report. */
export const captureForms: Readonly<Record<'parquet' | 'zeek', CaptureForm>> = {
  parquet: { parts: [...lists.map(({ id }) => id), 'findings'].map((id) => `${id}.parquet`), write: writeParquet },
  zeek: {
    parts: zeekLogNames.map((log) => `${log}.log`),
    write: (_, captures, folder, options) => writeZeekLogs(captures, folder, options),
  },
}
