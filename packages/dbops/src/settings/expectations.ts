import type { SettingExpectation } from './expectation.ts'
import { loggingExpectations } from './logging-expectations.ts'
import { safetyExpectations } from './safety-expectations.ts'
import { securityExpectations } from './security-expectations.ts'

/** Settings that security and recovery depend on, in the units of pg_settings (CIS PostgreSQL Benchmark; the server's own manual). */
export const settingExpectations: readonly SettingExpectation[] = [
  ...securityExpectations,
  ...safetyExpectations,
  ...loggingExpectations,
]
