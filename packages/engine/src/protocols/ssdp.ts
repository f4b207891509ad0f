import type { Packet } from '../packet.ts'
import { findHeadEnd, parseHead } from './http1/head.ts'
import type { ProtocolListener } from './messages.ts'

/** Tells the HTTP message of an SSDP datagram (UPnP Device Architecture §1.2); tshark counts it as HTTP without a stream. */
export function readSsdp(
  listener: ProtocolListener,
  packet: Packet,
  direction: 0 | 1,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  const headEnd = findHeadEnd(bytes, start, end)
  const head = parseHead(bytes, start, headEnd < 0 ? end : headEnd)
  if (head === undefined) return
  const { number: frame, timeNs } = packet
  const extent = { firstFrame: frame, firstTimeNs: timeNs, lastFrame: frame, lastTimeNs: timeNs, bodyBytes: 0 }
  const place = { frame, timeNs, stream: -1, direction }
  if (head.isRequest) {
    const { method, uri, host, userAgent } = head
    listener.httpRequest({ ...place, ...extent, method, uri, host, userAgent, details: null })
  } else if (head.status >= 0) {
    const unpaired = { requestFrame: 0, sinceRequestNs: -1, request: null, serverDelayNs: -1, details: null }
    listener.httpResponse({ ...place, ...extent, status: head.status, ...unpaired })
  }
}
