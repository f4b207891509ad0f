import { buildPcap, TcpConversation, type TestFrame } from '@pcap-analyzer/engine/testing'

/** Text that would be more than text in a page that reads it as markup. */
export const HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
/** The same as a name of a file may hold it. */
export const HOSTILE_NAME = `${HOSTILE.replaceAll('/', '')}.pcap`

/** A capture whose requests, names and bodies are all markup, with a retransmission for a finding to speak of. */
export function hostileCapture(): Buffer {
  const frames: TestFrame[] = []
  const bytes = (text: string) => new TextEncoder().encode(text)
  const client = { address: '10.0.0.1', port: 40_000 }
  const server = { address: '192.0.2.7', port: 80 }
  const request = bytes(`GET /${HOSTILE} HTTP/1.1\r\nHost: ${HOSTILE}\r\nUser-Agent: ${HOSTILE}\r\n\r\n`)
  const answer = bytes(
    `HTTP/1.1 500 ${HOSTILE}\r\nServer: ${HOSTILE}\r\nContent-Length: ${HOSTILE.length}\r\n\r\n${HOSTILE}`,
  )
  const talk = new TcpConversation(client, server, frames).open(0, 1_000_000)
  for (let i = 0; i < 20; i++) {
    const at = 10_000_000 + i * 400_000_000
    talk.send('client', at, { payload: request }).send('server', at + 300_000_000, { payload: answer })
  }
  return Buffer.from(buildPcap(frames))
}
