import { DissectorChooser, type StreamProtocol } from './choose-dissector.ts'
import type { DnsEvents } from './dns-events.ts'
import { DnsOverTcp } from './dns-over-tcp.ts'
import { HttpDissector } from './http1/http-dissector.ts'
import { looksLikeHttp } from './http1/start-line.ts'
import type { ProtocolListener } from './messages.ts'
import { SocksDissector } from './socks.ts'
import { SshDissector } from './ssh.ts'
import { StartTlsDissector, tlsUpgrades } from './start-tls.ts'
import { looksLikeText, looksLikeTls, tlsPorts } from './tls/recognise.ts'
import { TlsDissector } from './tls/tls-dissector.ts'

const httpPorts = [80, 631, 1900, 2710, 2869, 3128, 3132, 3689, 5985, 8080, 8088, 11371]

/** The protocols read from TCP streams; content is tried in this order. */
export function streamProtocols(
  listener: ProtocolListener,
  dns: DnsEvents,
  readsDetails = false,
): readonly StreamProtocol[] {
  const openTls = () => new TlsDissector(listener, readsDetails)
  const openTunnel = (port: number) => (tlsPorts.includes(port) ? openTls() : null)
  const openHttp = () => new HttpDissector(listener, openTunnel, readsDetails)
  const plain: readonly StreamProtocol[] = [
    { name: 'tls', ports: tlsPorts, accepts: isNotText, recognises: looksLikeTls, open: openTls },
    { name: 'http', ports: httpPorts, recognises: looksLikeHttp, open: openHttp },
    { name: 'dns', ports: [53, 5353], open: () => new DnsOverTcp(dns) },
    { name: 'ssh', ports: [22, 29418], open: () => new SshDissector(listener) },
    ...tlsUpgrades.map((upgrade) => ({
      name: upgrade.name,
      ports: upgrade.ports,
      ...(upgrade.leavesTls ? { accepts: isNotTls } : {}),
      open: () => new StartTlsDissector(upgrade, openTls),
    })),
  ]
  const inTunnel = new DissectorChooser(plain)
  const openSocks = () =>
    new SocksDissector((clientPort, remotePort, bytes, start, end) =>
      inTunnel.open(clientPort, remotePort, bytes, start, end),
    )
  return [...plain, { name: 'socks', ports: [1080], open: openSocks }]
}

const isNotText = (bytes: Uint8Array, start: number, end: number) => !looksLikeText(bytes, start, end)
const isNotTls = (bytes: Uint8Array, start: number, end: number) => !looksLikeTls(bytes, start, end)
