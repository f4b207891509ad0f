/** Protocols that a connection can turn into after `101` or the HTTP/2 preface, of which only the frame boundaries matter here. */
export type FramedProtocol = 'websocket' | 'http2'

/**
 * Bytes missing from the frame at `start` before it is whole; 0 when `bytes[start…end)` holds it, -1 when even its header is not whole.
 * `frameLength` gives its length. WebSocket: RFC 6455 §5.2. HTTP/2: RFC 9113 §4.1.
 */
export function missingOfFrame(protocol: FramedProtocol, bytes: Uint8Array, start: number, end: number): number {
  const length = frameLength(protocol, bytes, start, end)
  return length < 0 ? -1 : Math.max(0, start + length - end)
}

/** Length of the frame at `start`, header included; -1 when the header is not whole. */
export function frameLength(protocol: FramedProtocol, bytes: Uint8Array, start: number, end: number): number {
  if (protocol === 'http2') {
    if (end - start < 9) return -1
    return 9 + ((bytes[start]! << 16) | (bytes[start + 1]! << 8) | bytes[start + 2]!)
  }
  if (end - start < 2) return -1
  const maskBytes = (bytes[start + 1]! & 0x80) === 0 ? 0 : 4
  const short = bytes[start + 1]! & 0x7f
  if (short < 126) return 2 + maskBytes + short
  const sizeBytes = short === 126 ? 2 : 8
  if (end - start < 2 + sizeBytes) return -1
  let size = 0
  for (let i = 0; i < sizeBytes; i++) size = size * 256 + bytes[start + 2 + i]!
  return 2 + sizeBytes + maskBytes + Math.min(size, 0x7fffffff)
}
