import type { Flow } from '../../flow/flow.ts'

/** Below so many packets a flow shows no behaviour. */
const LEAST_PACKETS = 20
const LEAST_SCORE = 0.6

/**
 * What a flow without known port or content looks like: the kind with the best score of at least 0.6, null when there is none.
 * Sizes are means of payload a packet with payload of its larger direction; rates in bytes a second of payload.
 */
export function behaviourOf(flow: Flow): string | null {
  const packets = flow.frames(0) + flow.frames(1)
  if (packets < LEAST_PACKETS) return null
  const bytes = flow.payloadBytes(0) + flow.payloadBytes(1)
  const larger = flow.payloadBytes(0) >= flow.payloadBytes(1) ? 0 : 1
  const meanBytes = flow.payloadBytes(larger) / Math.max(1, flow.frames(larger))
  const share = bytes === 0 ? 0 : flow.payloadBytes(larger) / bytes
  const seconds = Math.max(1e-3, (flow.lastTimeNs - flow.firstTimeNs) / 1e9)
  const bytesPerSecond = bytes / seconds
  const isUdp = flow.transport === 'udp'
  const scores: readonly (readonly [string, number])[] = [
    [
      'looks like a bulk transfer',
      isUdp
        ? 0
        : score(meanBytes >= 1000, 0.4, share >= 0.95, 0.3, bytes >= 1_000_000, 0.2, bytesPerSecond >= 125_000, 0.1),
    ],
    [
      'looks like streaming',
      isUdp ? score(meanBytes >= 600, 0.4, seconds >= 5, 0.3, bytesPerSecond >= 50_000, 0.3) : 0,
    ],
    [
      'looks like voice or gaming',
      isUdp ? score(meanBytes > 0 && meanBytes <= 400, 0.3, seconds >= 2, 0.2, packets / seconds >= 15, 0.5) : 0,
    ],
    [
      'looks interactive',
      isUdp
        ? 0
        : score(meanBytes > 0 && meanBytes < 400, 0.4, share < 0.95, 0.2, seconds >= 5 && packets / seconds < 20, 0.4),
    ],
    [
      'looks like telemetry',
      score(meanBytes > 0 && meanBytes <= 512, 0.3, seconds >= 30, 0.2, packets / seconds <= 1, 0.3, share >= 0.8, 0.2),
    ],
  ]
  const [name, best] = scores.reduce((most, one) => (one[1] > most[1] ? one : most))
  return best >= LEAST_SCORE ? name : null
}

/** Sum of the weights whose condition holds: condition, weight, condition, weight, … */
function score(...pairs: readonly (boolean | number)[]): number {
  let sum = 0
  for (let i = 0; i < pairs.length; i += 2) if (pairs[i] === true) sum += Number(pairs[i + 1])
  return sum
}
