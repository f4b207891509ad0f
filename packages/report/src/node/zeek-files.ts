import { join } from 'node:path'
import type { CaptureRun } from '@pcap-analyzer/engine/observe'
import { ZeekLogs, zeekLogNames } from '../zeek/zeek-logs.ts'
import type { CaptureFormOptions } from './capture-forms.ts'
import { FileSet } from './file-set.ts'
import { readCapture } from './read-capture.ts'

/** Writes the Zeek logs of captures into a folder: all of them, or none when reading fails. Returns their paths. */
export async function writeZeekLogs(
  paths: readonly string[],
  folder: string,
  options: CaptureFormOptions = {},
): Promise<string[]> {
  const files = new FileSet(options)
  try {
    const logs = new ZeekLogs((log, text) => files.append(join(folder, `${log}.log`), text))
    const reading = { listeners: logs.listeners, begin: (run: CaptureRun) => logs.begin(run) }
    await readCapture(paths, reading, { ...options, protocolDetails: true })
    logs.finish()
    files.publish()
    return zeekLogNames.map((log) => join(folder, `${log}.log`))
  } finally {
    files.discard()
  }
}
