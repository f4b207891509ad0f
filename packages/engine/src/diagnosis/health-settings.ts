import type { SettingDefinition } from '../analyzer.ts'

/** Weights of the health score. */
export const healthSettings = {
  lossWeight: weight(30, 'lost segments and RTP packets'),
  latencyWeight: weight(20, 'round-trip time'),
  connectionsWeight: weight(15, 'failed connection attempts'),
  nameResolutionWeight: weight(15, 'failed DNS queries'),
  slowServersWeight: weight(15, 'HTTP responses that the server began late'),
  jitterWeight: weight(10, 'jitter of RTP'),
  closedWindowsWeight: weight(10, 'closed receive windows'),
  reorderingWeight: weight(10, 'reordered segments'),
  lowSecurity: deduction(3, 'low'),
  mediumSecurity: deduction(10, 'medium'),
  highSecurity: deduction(25, 'high'),
  criticalSecurity: deduction(40, 'critical'),
} as const satisfies Readonly<Record<string, SettingDefinition>>

export type HealthSetting = keyof typeof healthSettings

function weight(points: number, of: string) {
  return {
    unit: 'count',
    default: points,
    least: 0,
    most: 1000,
    description: `Weight of ${of} in the health score, among the metrics that are known.`,
  } as const
}

function deduction(points: number, severity: string) {
  return {
    unit: 'count',
    default: points,
    least: 0,
    most: 100,
    description: `Points that the health score loses when the worst security finding is of ${severity} severity.`,
  } as const
}
