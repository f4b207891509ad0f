export { connectServer, withServer } from './connection/connect.ts'
export {
  type CredentialSource,
  DatabasePool,
  type PooledClient,
  type PoolOccupancy,
  type PoolOptions,
} from './connection/database-pool.ts'
export type { ConnectionParameters, HostAndPort, SslMode } from './connection/parameters.ts'
export type { Credential, ServerClient } from './connection/server-client.ts'
export { serverError, sqlStateOf } from './connection/server-errors.ts'
export { connectionWords, formatUrl, parseConnection } from './connection/url.ts'
export { DbopsError, type DbopsErrorCode } from './errors.ts'
export { type HealthHandler, type HealthHandlerOptions, healthHandler } from './health/handler.ts'
export {
  type HealthCheck,
  HealthMonitor,
  type HealthMonitorOptions,
  type HealthProbe,
  type HealthReport,
  type HealthStatus,
  httpStatusOf,
  worstOf,
} from './health/health.ts'
export { databaseProbe, type LatencyLimits, poolCheck, poolProbe } from './health/probes.ts'
export { quoteName, quoteText } from './quote.ts'
export {
  rowSecuritySql,
  TENANT_POLICY,
  type TenantSettings,
  type TenantTable,
  tenantSettingsSql,
  undoRowSecuritySql,
} from './roles/row-security.ts'
export { scramVerifier, verifierMatches } from './roles/scram.ts'
export { redact, Secret } from './secret.ts'
