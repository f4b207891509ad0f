import type { CaptureRecord } from '../capture/capture-record.ts'
import { type PcapOptions, writePcap } from '../capture/write-pcap.ts'
import { type PcapngOptions, writePcapng } from '../capture/write-pcapng.ts'

/** A frame for a capture: its bytes alone, or with what the record says beside them. */
export type TestFrame = Uint8Array | (Partial<CaptureRecord> & { bytes: Uint8Array })

/** When frames that tell no time were captured: the first at `startSeconds`, each `intervalNs` after the one before. */
export interface FrameTimes {
  startSeconds?: number
  intervalNs?: number
}

/** A classic pcap in microseconds, little-endian, Ethernet unless told otherwise. */
export function buildPcap(
  frames: readonly TestFrame[],
  options: PcapOptions & FrameTimes = {},
): Uint8Array<ArrayBuffer> {
  return writePcap(toRecords(frames, options), { resolution: 'microseconds', ...options })
}

/** A pcapng of one section in nanoseconds, little-endian, with one Ethernet interface unless told otherwise. */
export function buildPcapng(
  frames: readonly TestFrame[],
  options: PcapngOptions & FrameTimes = {},
): Uint8Array<ArrayBuffer> {
  return writePcapng(toRecords(frames, options), options)
}

function toRecords(frames: readonly TestFrame[], times: FrameTimes): CaptureRecord[] {
  const { startSeconds = 1_700_000_000, intervalNs = 1_000_000 } = times
  return frames.map((frame, i) => {
    const elapsedNs = i * intervalNs
    const seconds = startSeconds + Math.floor(elapsedNs / 1_000_000_000)
    const record = frame instanceof Uint8Array ? { bytes: frame } : frame
    return { seconds, nanoseconds: elapsedNs % 1_000_000_000, ...record }
  })
}
