import type { OperationRecord } from '../audit/operations-log.ts'
import type { Check } from '../command/outcome.ts'

const CONTROLS = ['ISO 27001 A.8.15', 'SOC 2 CC7.2']
const readsSecrets = /^(cred (get|export)|secrets get|run|emergency open)$/

/** What was done in a period, and what in it is unlike the time before: for a review every week. */
export function activityReview(records: readonly OperationRecord[], since: Date): Check[] {
  const isOf = ({ time }: OperationRecord): boolean => Date.parse(time) >= since.getTime()
  const [now, before] = [records.filter(isOf), records.filter((record) => !isOf(record))]
  return [
    unlike('actor', 'nobody works here who did not before', now, before, ({ actor, host }) => `${actor} on ${host}`),
    unlike('command', 'nothing is done that was not done before', now, before, ({ command }) => command),
    unlike('target', 'no server is worked on that was not before', now, before, ({ target }) => target),
    refused(now),
    ...secretReaders(now),
    ...counts(now),
  ]
}

function unlike(
  what: string,
  title: string,
  now: readonly OperationRecord[],
  before: readonly OperationRecord[],
  keyOf: (record: OperationRecord) => string | null,
): Check {
  const base = { id: `activity.new-${what}`, title, tier: 'recommended', references: CONTROLS } as const
  if (before.length === 0) return { ...base, verdict: 'skipped', evidence: 'the log does not reach further back' }
  const known = new Set(before.map(keyOf))
  const fresh = [...new Set(now.map(keyOf))].filter((key) => key !== null && !known.has(key))
  return { ...base, verdict: fresh.length === 0 ? 'pass' : 'warn', evidence: fresh.join(', ') || 'none' }
}

function refused(now: readonly OperationRecord[]): Check {
  const lines = now.filter(({ exitCode }) => exitCode === 4 || exitCode === 7)
  const shown = lines
    .slice(-5)
    .map(({ time, actor, command, reason }) => `${time} ${actor}: ${command}: ${reason ?? ''}`)
  return {
    id: 'activity.refused',
    title: 'nothing was refused for want of a right, or by a safety gate',
    tier: 'recommended',
    verdict: lines.length === 0 ? 'pass' : 'warn',
    evidence: lines.length === 0 ? 'none' : [`${lines.length}`, ...shown].join('; '),
    references: CONTROLS,
  }
}

/** Who read which secret, how often. */
function secretReaders(now: readonly OperationRecord[]): Check[] {
  const reads = now.filter(({ command }) => readsSecrets.test(command))
  const groups = Map.groupBy(reads, ({ actor, command, target, details }) => {
    const { secret, user, version } = (details ?? {}) as Record<string, unknown>
    const what = [secret ?? user ?? target ?? 'a login', ...(version === undefined ? [] : [`version ${version}`])].join(
      ' ',
    )
    return `${actor}: ${what} by ${command}`
  })
  return [...groups].map(([who, lines]) => ({
    id: 'activity.secret-read',
    title: who,
    tier: 'recommended',
    verdict: 'manual',
    evidence: `${lines.length} time(s), last ${lines[lines.length - 1].time}`,
    references: CONTROLS,
  }))
}

function counts(now: readonly OperationRecord[]): Check[] {
  const groups = Map.groupBy(now, ({ command }) => command)
  return [...groups].sort().map(([command, lines]) => {
    const bad = lines.filter(({ outcome }) => outcome === 'failed' || outcome === 'refused').length
    return {
      id: 'activity.count',
      title: command,
      tier: 'optional',
      verdict: bad * 2 > lines.length ? 'warn' : 'pass',
      evidence: `${lines.length} time(s), ${bad} failed`,
    } as const
  })
}
