const SESSION_DESCRIPTION = 'application/sdp'
const LARGEST_MESSAGE = 8192

/**
 * Addresses and ports that an SDP body in a SIP message announces for media (RFC 8866 §5.7, §5.14), as `address port`: the media
 * port, and the one above it for RTCP (RFC 3550 §11).
 */
export function mediaEndpoints(bytes: Uint8Array, start: number, end: number): string[] {
  const text = new TextDecoder('latin1').decode(bytes.subarray(start, Math.min(end, start + LARGEST_MESSAGE)))
  if (!text.toLowerCase().includes(SESSION_DESCRIPTION)) return []
  const body = text.slice(text.indexOf('\r\n\r\n') + 4)
  const lines = body.split(/\r?\n/)
  const endpoints: string[] = []
  let sessionAddress = ''
  for (const [i, line] of lines.entries()) {
    const address = addressOfLine(line)
    if (address !== null && endpoints.length === 0) sessionAddress = address
    const media = /^m=\S+ (\d+)(?:\/\d+)? /.exec(line)
    if (media === null) continue
    const port = Number(media[1])
    const own = lines
      .slice(i + 1, nextMedia(lines, i))
      .map(addressOfLine)
      .find((found) => found !== null)
    if (port > 0 && port < 65535)
      endpoints.push(`${own ?? sessionAddress} ${port}`, `${own ?? sessionAddress} ${port + 1}`)
  }
  return endpoints
}

function addressOfLine(line: string): string | null {
  return /^c=IN IP[46] ([^\s/]+)/.exec(line)?.[1]?.toLowerCase() ?? null
}

function nextMedia(lines: readonly string[], from: number): number {
  const next = lines.findIndex((line, i) => i > from && line.startsWith('m='))
  return next < 0 ? lines.length : next
}
