import { join } from 'node:path'
import { type Report, rowOf } from '@pcap-analyzer/engine'
import { findingColumns } from '../finding-columns.ts'
import { CaptureLists } from '../lists/capture-lists.ts'
import { lists } from '../lists/index.ts'
import { ParquetTable } from '../parquet/parquet-table.ts'
import type { CaptureFormOptions } from './capture-forms.ts'
import { FileSet } from './file-set.ts'
import { readCapture } from './read-capture.ts'

/** Writes the complete lists of captures, and the findings of their report, as Parquet into a folder. Returns their paths. */
export async function writeParquet(
  report: Report,
  paths: readonly string[],
  folder: string,
  options: CaptureFormOptions = {},
): Promise<string[]> {
  const tables = new Map(lists.map(({ id, columns }) => [id, new ParquetTable(columns)]))
  const made = new CaptureLists(lists, ({ id }, row) => tables.get(id)?.add(row))
  await readCapture(paths, { listeners: made.listeners, begin: (run) => made.begin(run) }, options)
  const findings = new ParquetTable(findingColumns)
  for (const finding of report.findings) findings.add(rowOf(findingColumns, finding))
  tables.set('findings', findings)
  const files = new FileSet(options)
  try {
    const written = [...tables].map(([id, table]) => {
      const path = join(folder, `${id}.parquet`)
      files.append(path, table.finish())
      return path
    })
    files.publish()
    return written
  } finally {
    files.discard()
  }
}
