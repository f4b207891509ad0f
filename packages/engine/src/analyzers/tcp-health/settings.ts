import type { SettingDefinition } from '../../analyzer.ts'

/** From where on what TCP shows is called medium or high. */
export const tcpHealthSettings: Readonly<Record<string, SettingDefinition>> = {
  mediumLoss: share(0.01, 'From this share of segments with data that were lost on, severity is medium.'),
  highLoss: share(0.05, 'From this share of segments with data that were lost on, severity is high.'),
  mediumRetransmissions: share(
    0.05,
    'From this share of segments with data, SYN or FIN that tshark calls retransmissions on, severity is medium.',
  ),
  leastDataSegments: count(
    100,
    'With fewer segments with data than these, confidence in the share of lost ones is not high.',
  ),
  flowLeastCount: count(10, 'A direction of a connection with fewer retransmissions has no class.'),
  flowManyCount: count(100, 'A direction with so many retransmissions is of class low at least.'),
  lowFlow: share(0.01, 'From this share of retransmissions on a direction is of class low.'),
  mediumFlow: share(0.03, 'From this share of retransmissions on a direction is of class medium.'),
  criticalFlow: share(0.05, 'From this share of retransmissions on a direction is of class critical.'),
  mediumZeroWindow: duration(0.1, 'From this time with closed windows on, summed, severity is medium.'),
  highZeroWindow: duration(1, 'From this time with closed windows on, summed, severity is high.'),
  mediumConnectWait: duration(1, 'From this time spent on repeating SYNs on, summed, severity is medium.'),
}

function count(least: number, description: string): SettingDefinition {
  return { unit: 'count', default: least, least: 1, most: 1e9, description }
}

function share(ratio: number, description: string): SettingDefinition {
  return { unit: 'ratio', default: ratio, least: 0, most: 1, description }
}

function duration(seconds: number, description: string): SettingDefinition {
  return { unit: 'ns', default: seconds * 1e9, least: 0, most: 86_400e9, description }
}
