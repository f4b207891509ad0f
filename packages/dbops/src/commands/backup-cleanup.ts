import { join } from 'node:path'
import { listBackups } from '../backup/catalog.ts'
import { applyCleanup, type CleanupPlan, planCleanup } from '../backup/cleanup.ts'
import { defaultRetention, type RetentionPolicy } from '../backup/retention.ts'
import { type Call, type CommandDefinition, textOption } from '../command/command.ts'
import { numberOption, requiredOption } from '../command/option-reading.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { privateFolder } from '../state/atomic-write.ts'
import { withFileLock } from '../state/file-lock.ts'
import { backupKeys, identityOption } from './backup-keys.ts'
import { fromOption, isStore, placeOptions, withStore } from './backup-place.ts'

export const backupCleanup: CommandDefinition = {
  name: 'backup cleanup',
  summary:
    'Deletes backups by rules of age; never the newest good, the newest verified, a pinned one, or below the minimum.',
  options: [
    fromOption,
    { flags: '--keep-last <count>', description: `newest ones (default: ${defaultRetention.keepLast})` },
    { flags: '--keep-daily <count>', description: `one a day (default: ${defaultRetention.keepDaily})` },
    { flags: '--keep-weekly <count>', description: `one a week (default: ${defaultRetention.keepWeekly})` },
    { flags: '--keep-monthly <count>', description: `one a month (default: ${defaultRetention.keepMonthly})` },
    { flags: '--keep-yearly <count>', description: `one a year (default: ${defaultRetention.keepYearly})` },
    { flags: '--min-count <count>', description: `good ones that always stay (default: ${defaultRetention.minCount})` },
    { flags: '--max-age-days <days>', description: 'older ones go whatever the rules say' },
    { flags: '--max-bytes <bytes>', description: 'the oldest go while all are larger' },
    identityOption,
    ...placeOptions,
  ],
  changes: 'server',
  example: 'dbops backup cleanup --from /var/backups/app --keep-daily 14 --apply',
  async run(call) {
    const place = requiredOption(call, 'from', '--from')
    const policy = readPolicy(call)
    const plan = isStore(place) ? await cleanedStore(call, place, policy) : await cleanedFolder(call, place, policy)
    const goes = plan.decisions.filter(({ keeps }) => !keeps)
    const lines = plan.decisions.map(({ id, keeps, reason }) => `${keeps ? 'keep  ' : 'delete'} ${id}  (${reason})`)
    const left = plan.unfinished.map((name) => `delete ${name}  (unfinished)`)
    return {
      summary: call.isApplied
        ? `deleted ${goes.length + left.length}`
        : `would delete ${goes.length + left.length}; --apply does it`,
      exitCode: EXIT_FINE,
      text: [...lines, ...left].join('\n'),
      data: plan,
      audit: { deleted: call.isApplied ? goes.map(({ id }) => id) : [] },
    }
  },
}

async function cleanedFolder(call: Call, folder: string, policy: RetentionPolicy): Promise<CleanupPlan> {
  const keys = backupKeys(call)
  return call.isApplied
    ? await applyCleanup(folder, keys, policy, call.now())
    : planCleanup(listBackups(folder, keys), policy, call.now())
}

/** One at a time from this machine; what another one uploads meanwhile is younger than all that goes. */
async function cleanedStore(call: Call, place: string, policy: RetentionPolicy): Promise<CleanupPlan> {
  const lock = {
    path: join(privateFolder(join(call.stateFolder, 'locks')), 'cleanup-store'),
    purpose: 'cleanup of a store',
  }
  return await withFileLock({ ...lock, isForced: call.isLockForced }, () =>
    withStore(call, place, async (backups) => {
      const plan = planCleanup(listBackups(await backups.shelf(call.now()), backupKeys(call)), policy, call.now())
      if (!call.isApplied) return plan
      const goes = plan.decisions.filter(({ keeps }) => !keeps).map(({ id }) => id)
      for (const name of [...goes, ...plan.unfinished]) await backups.remove(name)
      return plan
    }),
  )
}

function readPolicy(call: Call): RetentionPolicy {
  return {
    keepLast: numberOption(call, 'keepLast', defaultRetention.keepLast),
    keepDaily: numberOption(call, 'keepDaily', defaultRetention.keepDaily),
    keepWeekly: numberOption(call, 'keepWeekly', defaultRetention.keepWeekly),
    keepMonthly: numberOption(call, 'keepMonthly', defaultRetention.keepMonthly),
    keepYearly: numberOption(call, 'keepYearly', defaultRetention.keepYearly),
    minCount: numberOption(call, 'minCount', defaultRetention.minCount, 1),
    maxAgeDays: textOption(call, 'maxAgeDays') === null ? null : numberOption(call, 'maxAgeDays', 0, 1),
    maxBytes:
      textOption(call, 'maxBytes') === null ? null : numberOption(call, 'maxBytes', 0, 1, Number.MAX_SAFE_INTEGER),
  }
}
