import type { CommandDefinition } from '../command/command.ts'
import { alertAcknowledge, alertList, alertSend } from './alert.ts'
import { auditAnchor, auditIngest, auditList, auditRetain, auditVerify } from './audit.ts'
import { auditScanLogs, auditShip } from './audit-ship.ts'
import { backupCleanup } from './backup-cleanup.ts'
import { backupCreate } from './backup-create.ts'
import { backupDrill } from './backup-drill.ts'
import { backupExtract } from './backup-extract.ts'
import { backupFiles } from './backup-files.ts'
import { backupFull } from './backup-full.ts'
import { backupKeygen } from './backup-keygen.ts'
import { backupList } from './backup-list.ts'
import { backupLoad } from './backup-load.ts'
import { backupPhysical, backupPitr } from './backup-physical.ts'
import { backupPull, backupPush } from './backup-push.ts'
import { backupRekey } from './backup-rekey.ts'
import { backupRestore } from './backup-restore.ts'
import { backupKeyCheck, backupStatus } from './backup-status.ts'
import { backupUndo } from './backup-undo.ts'
import { backupVerify } from './backup-verify.ts'
import { changesInstall, changesPlan, changesRemove, changesShow, changesVerify } from './changes.ts'
import { changesPrune } from './changes-prune.ts'
import { confAudit, confCapacity, confClientOptions, confGenerate } from './conf.ts'
import { confApply } from './conf-apply.ts'
import { connBench, connLimitTest } from './conn-load.ts'
import { connTest } from './conn-test.ts'
import { credCheck, credGenerate, credGet, credTest } from './cred.ts'
import { credExport } from './cred-export.ts'
import { credList } from './cred-list.ts'
import { credSet } from './cred-set.ts'
import { dbInit } from './db-init.ts'
import { diagnoseConnect, diagnoseDisk, diagnoseSlow } from './diagnose.ts'
import { diagnoseBundle } from './diagnose-bundle.ts'
import { doctor } from './doctor.ts'
import { emergencyClose, emergencyOpen, emergencySuperusers } from './emergency.ts'
import { emergencyExpire, emergencyList } from './emergency-expire.ts'
import { emergencyRaise } from './emergency-raise.ts'
import { emergencyReadOnly, emergencyUnblock } from './emergency-relief.ts'
import { envCheck, envDiff, envRender } from './env.ts'
import {
  guardBaseline,
  guardHistoryCommand,
  guardInstall,
  guardKnow,
  guardScan,
  guardStagedCommand,
  guardVerifyInstall,
} from './guard.ts'
import { hbaApply, hbaAudit, hbaExplain, hbaGenerate, hbaLint, hbaUnused } from './hba.ts'
import { health } from './health.ts'
import { abort, journalList, resume } from './journal.ts'
import {
  lintComposeCommand,
  lintDockerfileCommand,
  lintKubernetesCommand,
  lintListeners,
  lintQueriesCommand,
} from './lint.ts'
import { maintPlan, maintRun, maintStatus } from './maint.ts'
import { migrateDownCommand, migrateStamp, migrateStatus, migrateUpCommand } from './migrate.ts'
import {
  monitorConnections,
  monitorIndexes,
  monitorInstall,
  monitorLocks,
  monitorMetrics,
  monitorSlow,
  monitorStats,
  monitorUninstall,
} from './monitor.ts'
import { monitorShow } from './monitor-show.ts'
import { monitorWatch } from './monitor-watch.ts'
import { poolTest } from './pool-test.ts'
import { backupAudit, reportBackup, reportSecurity } from './report.ts'
import { reportAccess } from './report-access.ts'
import { reportActivity, reportCapacity, reportCompliance } from './report-period.ts'
import { rlsApply, rlsAudit, rlsPlan } from './rls.ts'
import { rolesApply, rolesDiff, rolesPlan, rolesRetire } from './roles.ts'
import { rolesMatrix, rolesVerify } from './roles-verify.ts'
import { rollbackList, rollbackTo } from './rollback.ts'
import { rollbackKeep } from './rollback-keep.ts'
import { rollbackShow } from './rollback-show.ts'
import { rotatePlan, rotateResume, rotateRollback, rotateRun, rotateStatus } from './rotate.ts'
import { rotateAppKeyCommand } from './rotate-app-key.ts'
import { run } from './run.ts'
import { scheduleInstall, scheduleList, scheduleRemove } from './schedule.ts'
import { scheduleManifest } from './schedule-manifest.ts'
import { scheduleDaemon, scheduleRun, scheduleStatus } from './schedule-run.ts'
import { secretsDelete, secretsGet, secretsInit, secretsList, secretsPut, secretsRotateMaster } from './secrets.ts'
import { secretsCleanup } from './secrets-cleanup.ts'
import { secretsBackup, secretsRestore, secretsRollback, secretsVersions } from './secrets-history.ts'
import { setup } from './setup.ts'
import { signoffAdd, signoffList } from './signoff.ts'
import { tlsCaInit, tlsCheck, tlsCrl, tlsInstall, tlsIssue, tlsRenew } from './tls.ts'
import { tlsCleanup } from './tls-cleanup.ts'
import { tlsModes } from './tls-modes.ts'

/** Every verb, in the order of the help. */
export const commands: readonly CommandDefinition[] = [
  doctor,
  signoffAdd,
  signoffList,
  health,
  diagnoseConnect,
  diagnoseSlow,
  diagnoseDisk,
  diagnoseBundle,
  connTest,
  connLimitTest,
  connBench,
  poolTest,
  backupCreate,
  backupFull,
  backupVerify,
  backupList,
  backupStatus,
  backupKeyCheck,
  backupRestore,
  backupUndo,
  backupCleanup,
  backupDrill,
  backupKeygen,
  backupRekey,
  backupFiles,
  backupExtract,
  backupLoad,
  backupPhysical,
  backupPitr,
  backupPush,
  backupPull,
  rotatePlan,
  rotateRun,
  rotateAppKeyCommand,
  rotateResume,
  rotateRollback,
  rotateStatus,
  dbInit,
  rolesPlan,
  rolesApply,
  rolesDiff,
  rolesVerify,
  rolesMatrix,
  rolesRetire,
  rlsPlan,
  rlsApply,
  rlsAudit,
  emergencyOpen,
  emergencyClose,
  emergencySuperusers,
  emergencyUnblock,
  emergencyReadOnly,
  emergencyRaise,
  emergencyList,
  emergencyExpire,
  tlsCheck,
  tlsModes,
  tlsCaInit,
  tlsIssue,
  tlsCrl,
  tlsInstall,
  tlsRenew,
  tlsCleanup,
  hbaGenerate,
  hbaLint,
  hbaAudit,
  hbaExplain,
  hbaUnused,
  hbaApply,
  confGenerate,
  confAudit,
  confApply,
  confCapacity,
  confClientOptions,
  guardStagedCommand,
  guardScan,
  guardHistoryCommand,
  guardBaseline,
  guardInstall,
  guardVerifyInstall,
  guardKnow,
  lintComposeCommand,
  lintKubernetesCommand,
  lintDockerfileCommand,
  lintListeners,
  lintQueriesCommand,
  monitorInstall,
  monitorUninstall,
  monitorStats,
  monitorSlow,
  monitorMetrics,
  monitorConnections,
  monitorLocks,
  monitorIndexes,
  monitorShow,
  monitorWatch,
  auditVerify,
  auditAnchor,
  auditList,
  auditRetain,
  auditIngest,
  auditShip,
  auditScanLogs,
  changesPlan,
  changesInstall,
  changesVerify,
  changesRemove,
  changesPrune,
  changesShow,
  credGet,
  credList,
  credTest,
  credExport,
  credSet,
  credGenerate,
  credCheck,
  secretsInit,
  secretsPut,
  secretsGet,
  secretsList,
  secretsDelete,
  secretsCleanup,
  secretsVersions,
  secretsRollback,
  secretsBackup,
  secretsRestore,
  secretsRotateMaster,
  maintPlan,
  maintRun,
  maintStatus,
  migrateStatus,
  migrateUpCommand,
  migrateDownCommand,
  migrateStamp,
  scheduleInstall,
  scheduleManifest,
  scheduleRemove,
  scheduleList,
  scheduleRun,
  scheduleStatus,
  scheduleDaemon,
  setup,
  envCheck,
  envDiff,
  envRender,
  run,
  rollbackKeep,
  rollbackList,
  rollbackShow,
  rollbackTo,
  journalList,
  resume,
  abort,
  reportSecurity,
  reportBackup,
  reportAccess,
  reportCompliance,
  reportCapacity,
  reportActivity,
  alertSend,
  alertAcknowledge,
  alertList,
  backupAudit,
]
