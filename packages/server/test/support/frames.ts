import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readFile } from '@pcap-analyzer/engine/node'
import { CaptureRun, withLimits } from '@pcap-analyzer/engine/observe'

/** Time and bytes of each frame of a capture, in order. */
export async function framesOf(capture: Uint8Array): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'pcap-frames-'))
  const path = join(folder, 'capture')
  writeFileSync(path, capture)
  const frames: string[] = []
  const run = new CaptureRun(withLimits({}), [
    {
      frame: ({ seconds, nanoseconds, bytes, start, end }) =>
        frames.push(`${seconds}.${nanoseconds} ${Buffer.from(bytes.subarray(start, end)).toString('hex')}`),
    },
  ])
  await readFile(run, path)
  rmSync(folder, { recursive: true })
  return frames
}
