import type { Catalogue } from '../words.ts'
import { connectionEndWords } from './connection-ends.ts'
import { delayedAckWords } from './delayed-acks.ts'
import { dnsWords } from './dns.ts'
import { flowWords } from './flows.ts'
import { fragmentWords } from './fragments.ts'
import { handshakeWords } from './handshakes.ts'
import { httpWords } from './http.ts'
import { icmpWords } from './icmp.ts'
import { latencyWords } from './latency.ts'
import { localNetworkWords } from './local-network.ts'
import { pathMtuWords } from './path-mtu.ts'
import { rtpWords } from './rtp.ts'
import { rttWords } from './rtt.ts'
import { sackWords } from './sack.ts'
import { securityWords } from './security.ts'
import { serviceWords } from './services.ts'
import { silenceWords } from './silences.ts'
import { tcpHealthWords } from './tcp-health.ts'
import { timelineWords } from './timeline.ts'
import { tlsWords } from './tls.ts'
import { windowWords } from './windows.ts'

/** The narrative in French, one file a subject; the same kinds as in English. */
export const french: Catalogue = {
  ...connectionEndWords,
  ...delayedAckWords,
  ...dnsWords,
  ...flowWords,
  ...fragmentWords,
  ...handshakeWords,
  ...httpWords,
  ...icmpWords,
  ...latencyWords,
  ...localNetworkWords,
  ...pathMtuWords,
  ...rtpWords,
  ...rttWords,
  ...sackWords,
  ...securityWords,
  ...serviceWords,
  ...silenceWords,
  ...tcpHealthWords,
  ...timelineWords,
  ...tlsWords,
  ...windowWords,
}
