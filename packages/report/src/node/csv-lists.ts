import { join } from 'node:path'
import type { Limits } from '@pcap-analyzer/engine'
import { headOf } from '../csv/csv-files.ts'
import { csvLine } from '../csv/csv-text.ts'
import { CaptureLists } from '../lists/capture-lists.ts'
import { lists } from '../lists/index.ts'
import { FileSet } from './file-set.ts'
import { readCapture } from './read-capture.ts'

/** Writes the complete lists of captures as CSV into a folder: all of them, or none when reading fails. Returns their paths. */
export async function writeCsvLists(
  paths: readonly string[],
  folder: string,
  options: { limits?: Partial<Limits> } = {},
): Promise<string[]> {
  const files = new FileSet()
  const pathOf = (id: string) => join(folder, `${id}.csv`)
  try {
    for (const { id, columns } of lists) files.append(pathOf(id), csvLine(columns.map(headOf)))
    files.append(
      pathOf('classified_flows'),
      csvLine(['Flow', 'Service Type', 'Confidence', 'Packets', 'Avg Packet Size']),
    )
    const made = new CaptureLists(lists, ({ id, columns }, row) => {
      files.append(pathOf(id), csvLine(row))
      if (id !== 'flows') return
      const at = (key: string) => row[columns.findIndex((column) => column.key === key)]
      const packets = Number(at('sentPackets')) + Number(at('receivedPackets'))
      const bytes = Number(at('sentBytes')) + Number(at('receivedBytes'))
      const service = at('service')
      files.append(
        pathOf('classified_flows'),
        csvLine([
          `${at('initiator')}:${at('initiatorPort')} -> ${at('responder')}:${at('responderPort')}`,
          service ?? 'unknown',
          service === null ? null : 'by port',
          packets,
          packets === 0 ? null : Math.round(bytes / packets),
        ]),
      )
    })
    await readCapture(paths, { listeners: made.listeners, begin: (run) => made.begin(run) }, options)
    files.publish()
    return [...lists.map(({ id }) => pathOf(id)), pathOf('classified_flows')]
  } finally {
    files.discard()
  }
}
