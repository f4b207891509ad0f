import type { Conclusion } from '../../finding.ts'
import { endpointText } from '../../text/endpoint.ts'
import { concludeIncidents, worstSubjects } from '../support/concluding.ts'
import type { LatencyTotals } from './totals.ts'

const MOST_SERVERS = 5
/** From so many slow answers and so much time on it is no accident. */
const OFTEN = 3
const LONG_NS = 5e9

/** Waits as alike as this are a rhythm: the server speaks when its time has come, not when it has finished. */
const RHYTHM = 0.8

/** Servers that let clients wait, where no protocol we read tells so itself. */
export function latencyConclusions(totals: LatencyTotals): Conclusion[] {
  return worstSubjects(totals.slowServers, MOST_SERVERS).map(([server, slow]) => {
    const { count, costNs, longestNs, shortestNs, pathNs, retransmissionNs, zeroWindowNs } = slow
    const isOften = count >= OFTEN && costNs >= LONG_NS && shortestNs < RHYTHM * longestNs
    return {
      ...concludeIncidents('server-slow', server, slow, isOften ? 'medium' : 'low'),
      confidence: 'medium',
      values: { server: endpointOf(server), count, costNs, longestNs },
      hypotheses: [
        { id: 'server', accepted: true, values: { costNs } },
        { id: 'path', accepted: false, values: { pathNs } },
        { id: 'loss', accepted: false, values: { retransmissionNs } },
        { id: 'client', accepted: false, values: { zeroWindowNs } },
      ],
      needs: ['both-directions', 'monotone-clock', 'no-capture-drops'],
    }
  })
}

/** `192.0.2.1:80` of the key `192.0.2.1 80`. */
function endpointOf(server: string): string {
  const [address, port] = server.split(' ')
  return endpointText(address, Number(port))
}
