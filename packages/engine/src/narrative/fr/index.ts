import type { Catalogue } from '../words.ts'
import { dnsWords } from './dns.ts'
import { handshakeWords } from './handshakes.ts'
import { httpWords } from './http.ts'
import { icmpWords } from './icmp.ts'
import { localNetworkWords } from './local-network.ts'
import { securityWords } from './security.ts'
import { silenceWords } from './silences.ts'
import { tcpHealthWords } from './tcp-health.ts'
import { timelineWords } from './timeline.ts'
import { tlsWords } from './tls.ts'
import { windowWords } from './windows.ts'

/** The narrative in French, one file a subject; the same kinds as in English. */
export const french: Catalogue = {
  ...dnsWords,
  ...handshakeWords,
  ...httpWords,
  ...icmpWords,
  ...localNetworkWords,
  ...securityWords,
  ...silenceWords,
  ...tcpHealthWords,
  ...timelineWords,
  ...tlsWords,
  ...windowWords,
}
