import type { CaptureMetadata } from '../../src/capture/metadata.ts'
import { READ_END, READ_PACKET } from '../../src/capture/record-reader.ts'
import { CaptureInput } from '../../src/capture/source.ts'
import { EngineError } from '../../src/errors.ts'
import { defaultLimits, type Limits } from '../../src/limits.ts'
import { Packet } from '../../src/packet.ts'

/** What a test keeps of a packet. */
export interface ReadRecord {
  number: number
  time: string | null
  linkType: number
  interfaceIndex: number
  fcsLength: number
  wireLength: number
  bytes: string
}

/** Reads a whole capture in chunks of the given sizes, repeated; every chunk is overwritten once the reader may no longer look at it. */
export function readCapture(
  file: Uint8Array,
  chunkSizes: readonly number[] = [file.length || 1],
  limits: Limits = defaultLimits,
): { records: ReadRecord[]; metadata: CaptureMetadata | null; error: EngineError | null } {
  const input = new CaptureInput(limits)
  const packet = new Packet()
  const records: ReadRecord[] = []
  let lent: Uint8Array | null = null
  let at = 0
  try {
    for (let turn = 0; ; ) {
      const result = input.next(packet)
      if (result === READ_PACKET) {
        records.push(toRecord(packet))
        continue
      }
      lent?.fill(0xee)
      if (result === READ_END) break
      const size = chunkSizes[turn++ % chunkSizes.length]
      lent = Uint8Array.from(file.subarray(at, at + size))
      at += size
      if (lent.length === 0) input.finish()
      else if (turn % 2 === 0) input.push(lent)
      else {
        input.reserve(size).set(lent)
        input.commit(lent.length)
      }
    }
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    return { records, metadata: input.metadata, error }
  }
  return { records, metadata: input.metadata, error: null }
}

function toRecord(packet: Packet): ReadRecord {
  return {
    number: packet.number,
    time: packet.hasTime ? timeText(packet) : null,
    linkType: packet.linkType,
    interfaceIndex: packet.interfaceIndex,
    fcsLength: packet.fcsLength,
    wireLength: packet.wireLength,
    bytes: Buffer.from(packet.bytes.subarray(packet.start, packet.end)).toString('hex'),
  }
}

/** Seconds with nine decimals. */
export function timeText(packet: Packet): string {
  return `${packet.seconds}.${String(packet.nanoseconds).padStart(9, '0')}`
}
