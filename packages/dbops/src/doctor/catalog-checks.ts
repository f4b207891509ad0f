import { activityChecks } from './activity-checks.ts'
import type { CatalogCheck } from './catalog-check.ts'
import { databaseChecks } from './database-checks.ts'
import { grantChecks } from './grant-checks.ts'
import { roleChecks } from './role-checks.ts'
import { rowSecurityChecks } from './row-security-checks.ts'

/** Every check that is one query, in the order of the report. */
export const catalogChecks: readonly CatalogCheck[] = [
  ...roleChecks,
  ...grantChecks,
  ...rowSecurityChecks,
  ...databaseChecks,
  ...activityChecks,
]
