export { type CreateBackupOptions, createBackup } from './backup/create-backup.ts'
export { type DrillEvidence, runDrill } from './backup/drill.ts'
export type { BackupManifest } from './backup/manifest.ts'
export { newIdentity, readIdentity } from './backup/recipients.ts'
export { type RestoreOptions, restoreBackup } from './backup/restore-backup.ts'
export { decideRetention, type RetentionPolicy } from './backup/retention.ts'
export { type VerifyOptions, type VerifyResult, verifyBackup } from './backup/verify-backup.ts'
export type { Check, Verdict } from './command/outcome.ts'
export { connectServer, withServer } from './connection/connect.ts'
export { testConnection } from './connection/connection-test.ts'
export {
  type CredentialSource,
  DatabasePool,
  type PooledClient,
  type PoolOccupancy,
  type PoolOptions,
} from './connection/database-pool.ts'
export { formatUrl } from './connection/format-url.ts'
export type { ConnectionParameters, HostAndPort, SslMode } from './connection/parameters.ts'
export type { Credential, ServerClient } from './connection/server-client.ts'
export { serverError, sqlStateOf } from './connection/server-errors.ts'
export { connectionWords, parseConnection } from './connection/url.ts'
export { findCredentials } from './credentials/find-credentials.ts'
export { generatePassword } from './credentials/generate-password.ts'
export { type ExamineOptions, examine } from './doctor/examine.ts'
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
export { type HostProbeOptions, hostProbes } from './health/host-probes.ts'
export { databaseProbe, type LatencyLimits, poolCheck, poolProbe } from './health/probes.ts'
export { quoteName, quoteText } from './quote.ts'
export { applyRoles } from './roles/apply-roles.ts'
export { planRoles, type RolePlan } from './roles/role-plan.ts'
export { type RoleSpec, readRoleSpec } from './roles/role-spec.ts'
export {
  rowSecuritySql,
  TENANT_POLICY,
  type TenantSettings,
  type TenantTable,
  tenantSettingsSql,
  undoRowSecuritySql,
} from './roles/row-security.ts'
export { auditRowSecurity } from './roles/row-security-audit.ts'
export { scramVerifier, verifierMatches } from './roles/scram.ts'
export type { SingleRotationOptions } from './rotation/change-in-place.ts'
export { planRotation, type RotationOptions, rotateDual } from './rotation/rotate-dual.ts'
export { planSingleRotation, rotateSingle } from './rotation/rotate-single.ts'
export { FileLoginStore, type LoginStore, type StoredLogin } from './rotation/secret-store.ts'
export { redact, Secret } from './secret.ts'
export { auditSettings } from './settings/settings-audit.ts'
export { Journal } from './state/journal.ts'
export { checkTls } from './tls/inspect-server.ts'
