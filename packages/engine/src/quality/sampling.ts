const ALL_BELOW = 1 << 12
const SPARSE_FROM = 1 << 18

/**
 * Frames that are looked at closely: all of the first 4096, every 64th up to frame 262 144, then every 1024th. It depends on the
 * number alone, so that parts of a capture choose the same frames as the whole.
 */
export function isSampled(frame: number): boolean {
  if (frame < ALL_BELOW) return true
  return (frame & (frame < SPARSE_FROM ? 63 : 1023)) === 0
}
