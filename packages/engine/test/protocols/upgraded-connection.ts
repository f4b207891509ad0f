import { CaptureRun } from '../../src/capture-run.ts'
import { withLimits } from '../../src/limits.ts'
import type { TlsClientHello } from '../../src/protocols/tls/messages.ts'
import { buildPcap, TcpConversation } from '../../src/testing/index.ts'
import { ascii } from './support.ts'
import { clientHelloBody, handshake, record, serverName } from './tls/hello-bytes.ts'

/** A ClientHello for the name inner.example, in one record. */
export const hello = record(22, handshake(1, clientHelloBody({ extensions: [serverName('inner.example')] })))

/** What a connection to `port` shows when the client and the server say these things in turn: names of hellos, paths, banners. */
export function messagesOf(port: number, ...says: readonly ('client' | 'server' | string | Uint8Array)[]): string[] {
  const client = { address: '10.0.0.1', port: 40_000 }
  const conversation = new TcpConversation(client, { address: '10.0.0.2', port }).open(0, 1e6)
  let side: 'client' | 'server' = 'client'
  let timeNs = 2e6
  for (const said of says) {
    if (said === 'client' || said === 'server') side = said
    else conversation.send(side, (timeNs += 1e6), { payload: typeof said === 'string' ? ascii(said) : said })
  }
  const seen: string[] = []
  const listener = {
    tlsClientHello: ({ hello: { sni } }: TlsClientHello) => seen.push(`tls ${sni}`),
    httpRequest: ({ uri }: { uri: string | null }) => seen.push(`http ${uri}`),
    sshBanner: () => seen.push('ssh'),
  }
  const run = new CaptureRun(withLimits({}), [listener], { protocols: true })
  run.beginFile(null)
  run.input.push(buildPcap(conversation.frames))
  run.input.finish()
  run.drain()
  run.endFile()
  run.finish()
  return seen
}
