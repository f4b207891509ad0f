import { join } from 'node:path'
import { verifyOperationsLog } from '../audit/verify-log.ts'
import type { Check } from '../command/outcome.ts'
import { journalFolder } from '../command/state-folder.ts'
import { describeSubject, isMeasure, type MeasureInForce, measuresInForce } from '../emergency/temporary-measure.ts'
import { listJournal } from '../state/journal.ts'
import type { ExamineOptions } from './examine.ts'

const MOST_DAYS = 90
const DAY_MS = 86_400_000

/** What this machine remembers: its log of operations, rotations, operations that were broken off. */
export function stateChecks({ stateFolder, now }: ExamineOptions): Check[] {
  return [logCheck(join(stateFolder, 'audit')), ...journalChecks(journalFolder({ stateFolder }), now)]
}

function logCheck(folder: string): Check {
  const { isIntact, lines, problems } = verifyOperationsLog(folder)
  return {
    id: 'audit.intact',
    title: 'the log of operations is whole',
    tier: 'critical',
    verdict: isIntact ? 'pass' : 'fail',
    evidence: isIntact ? `${lines} records` : problems.slice(0, 5).join('; '),
    remediation: 'find out who changed it: dbops audit verify',
  }
}

function journalChecks(folder: string, now: Date): Check[] {
  const entries = listJournal(folder)
  const open = entries.filter((entry) => entry.status === 'open' && !isMeasure(entry))
  const rotated = entries.filter(({ kind, status }) => kind === 'rotate' && status === 'done')
  const newest = [...Map.groupBy(rotated, ({ target }) => target)].map(([target, all]) => ({
    target,
    days: Math.floor((now.getTime() - Date.parse(all[all.length - 1].startedAt)) / DAY_MS),
  }))
  const overdue = newest.filter(({ days }) => days > MOST_DAYS)
  const age = {
    id: 'rotation.age',
    title: `logins were rotated within ${MOST_DAYS} days`,
    tier: 'recommended',
    remediation: 'dbops rotate run, and dbops schedule install',
  } as const
  return [
    newest.length === 0
      ? { ...age, verdict: 'skipped', evidence: 'no login was rotated from this machine' }
      : {
          ...age,
          verdict: overdue.length === 0 ? 'pass' : 'fail',
          evidence: newest.map(({ target, days }) => `${target}: ${days} days ago`).join('; '),
        },
    {
      id: 'state.unfinished',
      title: 'no operation was broken off',
      tier: 'recommended',
      verdict: open.length === 0 ? 'pass' : 'fail',
      evidence: open.length === 0 ? 'none' : open.map(({ id, kind }) => `${kind} ${id}`).join('; '),
      remediation: 'dbops journal, then dbops resume or dbops abort',
    },
    measuresCheck(measuresInForce(folder, now)),
  ]
}

function measuresCheck(measures: readonly MeasureInForce[]): Check {
  const over = measures.filter(({ isOver }) => isOver)
  return {
    id: 'state.temporary',
    title: 'what was changed for a while was taken back',
    tier: 'recommended',
    verdict: over.length > 0 ? 'fail' : measures.length > 0 ? 'warn' : 'pass',
    evidence:
      measures.map(({ subject, until }) => `${describeSubject(subject)} until ${until}`).join('; ') || 'nothing',
    remediation: 'dbops emergency expire',
  }
}
