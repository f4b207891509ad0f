import { defaultLimits, type Limits, type Severity } from '@pcap-analyzer/engine'

/** Everything that can be configured, with the defaults filled in. */
export interface Settings {
  readonly reportFolder: string
  readonly latencySeconds: number | null
  readonly failOn: Severity | null
  readonly limits: Limits
}

export const defaultSettings: Settings = {
  reportFolder: './reports',
  latencySeconds: null,
  failOn: null,
  limits: defaultLimits,
}
