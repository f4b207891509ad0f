import type { ByteWindow } from './byte-window.ts'
import { Xxh32 } from './xxh32.ts'

export const FRAME_MAGIC = 0x184d2204
export const LEGACY_MAGIC = 0x184c2102
const LEGACY_BLOCK_BYTES = 8 << 20

/** What the header of an LZ4 frame says. */
export interface Lz4Frame {
  isLegacy: boolean
  areBlocksLinked: boolean
  hasBlockChecksums: boolean
  maxBlockBytes: number
  /** Bytes the frame says it holds; -1 when it does not. */
  contentBytes: number
  /** Null when the frame has no content checksum. */
  contentHash: Xxh32 | null
}

/** Legacy frames have no header but their magic. */
export function legacyFrame(): Lz4Frame {
  return {
    isLegacy: true,
    areBlocksLinked: false,
    hasBlockChecksums: false,
    maxBlockBytes: LEGACY_BLOCK_BYTES,
    contentBytes: -1,
    contentHash: null,
  }
}

/** Reads the header from the magic on and goes behind it; null when more bytes are needed, and a text when it cannot be read. */
export function readLz4Header(input: ByteWindow): Lz4Frame | { refused: string } | { damaged: string } | null {
  if (input.available < 7) return null
  const { bytes, view, start } = input
  const flags = bytes[start + 4]
  const hasContentSize = (flags & 0x08) !== 0
  const hasDictionary = (flags & 0x01) !== 0
  const length = 2 + (hasContentSize ? 8 : 0) + (hasDictionary ? 4 : 0)
  if (input.available < 4 + length + 1) return null
  const hash = new Xxh32()
  hash.update(bytes.subarray(start + 4, start + 4 + length))
  if (bytes[start + 4 + length] !== ((hash.digest() >>> 8) & 0xff)) return { damaged: 'the header checksum is wrong' }
  if (flags >>> 6 !== 1) return { refused: `frame version ${flags >>> 6} is not known` }
  const blockSize = (bytes[start + 5] >>> 4) & 7
  if (blockSize < 4) return { damaged: `block size code ${blockSize} is not known` }
  if (hasDictionary) return { refused: 'they need a dictionary' }
  input.start += 4 + length + 1
  return {
    isLegacy: false,
    areBlocksLinked: (flags & 0x20) === 0,
    hasBlockChecksums: (flags & 0x10) !== 0,
    maxBlockBytes: 1 << (8 + 2 * blockSize),
    contentBytes: hasContentSize ? view.getUint32(start + 6, true) + view.getUint32(start + 10, true) * 2 ** 32 : -1,
    contentHash: (flags & 0x04) !== 0 ? new Xxh32() : null,
  }
}
