// The database and the configuration without the web side: what commands and scripts need.

export { type Config, describeConfig, readConfig, type ShownVariable, type Values } from './config/config.ts'
export { type Variable, type VariableName, variables } from './config/variables.ts'
export { DatabaseService, numberPlaceholders, type Row } from './db/database-service.ts'
export { maskedDatabaseUrl, parseDatabaseUrl, postgresLogin } from './db/database-url.ts'
export { grantApplicationLogin, loginProblems } from './db/grants.ts'
export {
  type AppliedStep,
  currentStep,
  downgrade,
  isUpToDate,
  refuseNewerSchema,
  stamp,
  stepHistory,
  upgrade,
} from './db/migrator.ts'
export { type DatabaseOptions, type DialectName, type OpenDatabase, openDatabase } from './db/open-database.ts'
export { assignOrphans } from './db/orphans.ts'
export type { Database, TaskStatus } from './db/schema.ts'
export { asTenant, SERVICE, type Tenant } from './db/tenant.ts'
export { ServiceError, type ServiceErrorCode } from './errors.ts'
export { migrateDatabase, type TableReport, type TransferOptions } from './transfer/migrate-database.ts'
