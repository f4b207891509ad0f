import { listBackups } from '../backup/catalog.ts'
import { isDrillOverdue, lastGoodDrill } from '../backup/drill.ts'
import type { Check, Tier } from '../command/outcome.ts'
import type { ExamineOptions } from './examine.ts'

/** Whether there are backups, and whether they were proven. */
export function backupChecks({ backups, stateFolder, now }: ExamineOptions): Check[] {
  const make = (
    id: string,
    title: string,
    tier: Tier,
    isFine: boolean,
    evidence: string,
    remediation: string,
  ): Check => ({
    id: `backup.${id}`,
    title,
    tier,
    verdict: isFine ? 'pass' : 'fail',
    evidence,
    remediation,
  })
  const drill = lastGoodDrill(stateFolder)
  const overdue = make(
    'drill',
    'a restore was tried within 31 days',
    'critical',
    !isDrillOverdue(stateFolder, now),
    drill === null ? 'never here' : drill.startedAt,
    'dbops backup drill',
  )
  if (backups === null)
    return [
      {
        id: 'backup.recent',
        title: 'there is a backup of today',
        tier: 'critical',
        verdict: 'skipped',
        evidence: 'needs --backups',
      },
      overdue,
    ]
  const good = listBackups(backups, { stateFolder, identities: [] }).filter(
    ({ state }) => state === 'good' || state === 'unchecked-manifest',
  )
  const [newest] = good
  const ageHours =
    newest?.manifest == null
      ? Number.POSITIVE_INFINITY
      : (now.getTime() - Date.parse(newest.manifest.finishedAt)) / 3_600_000
  return [
    make(
      'recent',
      'there is a backup of today',
      'critical',
      ageHours <= 25,
      newest === undefined ? 'none' : `${ageHours.toFixed(1)} h old`,
      'dbops backup create',
    ),
    make(
      'verified',
      'a backup was verified by a restore',
      'critical',
      good.some(({ verifiedLevel }) => verifiedLevel >= 3),
      `best level ${Math.max(0, ...good.map(({ verifiedLevel }) => verifiedLevel))}`,
      'dbops backup verify --level 3',
    ),
    make(
      'encrypted',
      'backups are encrypted',
      'recommended',
      good.length > 0 && good.every(({ manifest }) => manifest?.encryption != null),
      `${good.length} good backups`,
      'dbops backup keygen, then --recipient',
    ),
    overdue,
  ]
}
