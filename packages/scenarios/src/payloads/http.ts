import { filler, joined, text } from './text.ts'

const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  204: 'No Content',
  304: 'Not Modified',
  404: 'Not Found',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
}

/** A request of HTTP/1.1 without a body. */
export function httpGet(path: string, host = 'shop.example', userAgent = 'Mozilla/5.0'): Uint8Array {
  return text(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: ${userAgent}\r\nAccept: */*\r\n\r\n`)
}

/** A response of HTTP/1.1 with a body of a length. */
export function httpResponse(status: number, bodyBytes: number): Uint8Array {
  const head = `HTTP/1.1 ${status} ${reasons[status] ?? 'Unknown'}\r\nServer: nginx\r\nContent-Type: text/plain\r\nContent-Length: ${bodyBytes}\r\n\r\n`
  return joined(text(head), filler(bodyBytes))
}
