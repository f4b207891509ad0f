const MAX_FRAME_HEADER = 18

/** Length of a frame's header from its magic on, by the descriptor behind the magic (RFC 8878 §3.1.1.1). */
export function frameHeaderLength(descriptor: number): number {
  const isSingleSegment = (descriptor & 0x20) !== 0
  const sizeFlag = descriptor >>> 6
  const sizeLength = sizeFlag === 0 ? (isSingleSegment ? 1 : 0) : 1 << sizeFlag
  const dictionaryLength = [0, 1, 2, 4][descriptor & 3]
  return Math.min(MAX_FRAME_HEADER, 5 + (isSingleSegment ? 0 : 1) + dictionaryLength + sizeLength)
}

/** Bytes of history that a frame without dictionary needs (RFC 8878 §3.1.1.1.2). */
export function frameWindow(view: DataView, start: number, descriptor: number): number {
  if ((descriptor & 0x20) === 0) {
    const window = view.getUint8(start + 5)
    const base = 2 ** (10 + (window >>> 3))
    return base + (base / 8) * (window & 7)
  }
  const at = start + 5
  switch (descriptor >>> 6) {
    case 0:
      return view.getUint8(at)
    case 1:
      return view.getUint16(at, true) + 256
    case 2:
      return view.getUint32(at, true)
    default:
      return view.getUint32(at, true) + view.getUint32(at + 4, true) * 0x1_0000_0000
  }
}
