import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { CaptureRun, DRAIN_ENDED, DRAIN_PAUSED, withLimits } from '@pcap-analyzer/engine/observe'

const SAMPLE_BYTES = 1 << 20

/** About how many packets a capture holds, by those in its first bytes. @throws {EngineError} of the capture reader */
export function estimatePackets(path: string): number {
  const run = new CaptureRun(withLimits({}), [])
  const file = openSync(path, 'r')
  try {
    run.beginFile(null)
    const room = run.input.reserve(SAMPLE_BYTES)
    const bytes = readSync(file, room, 0, room.length, null)
    run.input.commit(bytes)
    let state = run.drain(SAMPLE_BYTES)
    while (state === DRAIN_PAUSED) state = run.drain(SAMPLE_BYTES)
    const { packets } = run.totals
    return state === DRAIN_ENDED ? packets : extrapolated(packets, bytes, statSync(path).size)
  } finally {
    closeSync(file)
  }
}

/** As many packets in all bytes as in those that were read. */
export function extrapolated(packets: number, readBytes: number, allBytes: number): number {
  return Math.max(packets, Math.round((packets * allBytes) / Math.max(1, readBytes)))
}
