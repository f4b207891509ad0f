import { join } from 'node:path'
import type { Limits } from '@pcap-analyzer/engine'
import { ZeekLogs, zeekLogNames } from '../zeek/zeek-logs.ts'
import { FileSet } from './file-set.ts'
import { readCapture } from './read-capture.ts'

/** Writes the Zeek logs of captures into a folder: all of them, or none when reading fails. Returns their paths. */
export async function writeZeekLogs(
  paths: readonly string[],
  folder: string,
  options: { limits?: Partial<Limits> } = {},
): Promise<string[]> {
  const files = new FileSet()
  try {
    const logs = new ZeekLogs((log, text) => files.append(join(folder, `${log}.log`), text))
    await readCapture(paths, { listeners: logs.listeners, begin: (run) => logs.begin(run) }, options)
    logs.finish()
    files.publish()
    return zeekLogNames.map((log) => join(folder, `${log}.log`))
  } finally {
    files.discard()
  }
}
