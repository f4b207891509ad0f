import type { SettingDefinition } from '../analyzer.ts'

/** From where on a capture counts as incomplete or its times as wrong. */
export const qualitySettings = {
  dropShare: share(
    0.001,
    'From this share of segments that were acknowledged but never captured on, the capture lost packets.',
  ),
  duplicateShare: share(0.01, 'From this share of segments recorded twice on, the capture holds duplicates.'),
  oneWayShare: share(
    0.2,
    'From this share of connections with data seen in one direction only on, traffic is one-way.',
  ),
  oversizedShare: share(
    0.01,
    'From this share of segments larger than the MSS on, offload hides what was on the wire.',
  ),
  cutShare: share(0.001, 'From this share of packets that were cut short on, payload is missing.'),
  midStreamShare: share(0.2, 'From this share of connections without their handshake on, beginnings are missing.'),
  clockStep: {
    unit: 'ns',
    default: 100e6,
    least: 1e6,
    most: 3600e9,
    description: 'From this distance on, time that runs backward or jumps forward is a step of the clock.',
  },
  leastRoundTrip: {
    unit: 'ns',
    default: 1e6,
    least: 1e3,
    most: 1e9,
    description: 'Handshakes that take at least this long tell how far the capture point is from either side.',
  },
} as const satisfies Readonly<Record<string, SettingDefinition>>

export type QualitySetting = keyof typeof qualitySettings

function share(ratio: number, description: string) {
  return { unit: 'ratio', default: ratio, least: 0, most: 1, description } as const
}
