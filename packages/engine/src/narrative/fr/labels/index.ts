import type { Labels } from '../../labels.ts'
import { latencyLabels } from './latency.ts'
import { protocolLabels } from './protocols.ts'
import { securityLabels } from './security.ts'
import { tcpLabels } from './tcp.ts'
import { trafficLabels } from './traffic.ts'

/** Labels and titles of sections in French, by the English ones. */
export const frenchLabels: Labels = {
  ...trafficLabels,
  ...latencyLabels,
  ...tcpLabels,
  ...protocolLabels,
  ...securityLabels,
}
