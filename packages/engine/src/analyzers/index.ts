import type { AnalyzerDefinition } from '../analyzer.ts'
import { connectionEnds } from './connection-ends.ts'
import { conversations } from './conversations.ts'
import { delayedAcks } from './delayed-acks.ts'
import { dns } from './dns.ts'
import { flows } from './flows.ts'
import { fragments } from './fragments.ts'
import { handshakes } from './handshakes.ts'
import { http } from './http.ts'
import { icmp } from './icmp.ts'
import { latency } from './latency.ts'
import { localNetwork } from './local-network.ts'
import { pathMtu } from './path-mtu.ts'
import { rtp } from './rtp.ts'
import { rtt } from './rtt.ts'
import { sack } from './sack.ts'
import { services } from './services.ts'
import { silences } from './silences.ts'
import { tcpHealth } from './tcp-health.ts'
import { timeline } from './timeline.ts'
import { tls } from './tls.ts'
import { traffic } from './traffic.ts'
import { windows } from './windows.ts'

/** Every analyzer, in the order of the report's sections. A new one is a file and a line here. */
export const analyzers: readonly AnalyzerDefinition[] = [
  traffic,
  latency,
  timeline,
  conversations,
  flows,
  services,
  tcpHealth,
  handshakes,
  rtt,
  windows,
  delayedAcks,
  sack,
  connectionEnds,
  silences,
  dns,
  http,
  rtp,
  tls,
  icmp,
  pathMtu,
  fragments,
  localNetwork,
]
