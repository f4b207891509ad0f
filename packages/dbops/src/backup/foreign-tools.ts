import { execFileSync } from 'node:child_process'
import type { Check } from '../command/outcome.ts'
import { plainEnvironment } from '../run.ts'

/** A tool for physical backups that a site may use instead. */
export const foreignTools = ['pgbackrest', 'barman', 'wal-g'] as const
export type ForeignTool = (typeof foreignTools)[number]

interface NewestBackup {
  readonly at: Date
  readonly problem: string | null
}

/** Asks the tools that are there for their newest backup; a tool that is missing is skipped, never passed. */
export function auditForeignTools(folders: string, now: Date, maxAgeHours: number): Check[] {
  return foreignTools.map((tool) => {
    const base = {
      id: `backup.${tool}`,
      title: `${tool} has a backup that is not older than ${maxAgeHours} h`,
      tier: 'critical',
    } as const
    let newest: NewestBackup | null
    try {
      newest = readers[tool]((args) =>
        execFileSync(tool, args, {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
          timeout: 60_000,
          env: { ...plainEnvironment(), PATH: folders },
        }),
      )
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOENT') return { ...base, verdict: 'skipped', evidence: `${tool} is not on this machine` }
      return { ...base, verdict: 'fail', evidence: `${tool} failed: ${(error as Error).message.split('\n')[0]}` }
    }
    if (newest === null) return { ...base, verdict: 'fail', evidence: 'it has no backup' }
    const ageHours = (now.getTime() - newest.at.getTime()) / 3_600_000
    if (newest.problem !== null) return { ...base, verdict: 'fail', evidence: newest.problem }
    return {
      ...base,
      verdict: ageHours <= maxAgeHours ? 'pass' : 'fail',
      evidence: `the newest is ${ageHours.toFixed(1)} h old`,
    }
  })
}

type Ask = (args: string[]) => string

const readers: Readonly<Record<ForeignTool, (ask: Ask) => NewestBackup | null>> = {
  pgbackrest: (ask) => {
    const stanzas = JSON.parse(ask(['info', '--output=json'])) as {
      name: string
      status: { code: number; message: string }
      backup: { timestamp: { stop: number }; error?: boolean }[]
    }[]
    const ill = stanzas.find(({ status }) => status.code !== 0)
    const backups = stanzas.flatMap(({ backup }) => backup)
    if (backups.length === 0) return null
    const newest = backups.reduce((a, b) => (a.timestamp.stop > b.timestamp.stop ? a : b))
    const problem =
      ill !== undefined
        ? `stanza ${ill.name}: ${ill.status.message}`
        : newest.error === true
          ? 'the newest has page checksum errors'
          : null
    return { at: new Date(newest.timestamp.stop * 1000), problem }
  },
  barman: (ask) => {
    const servers = JSON.parse(ask(['-f', 'json', 'list-backups', 'all'])) as Record<
      string,
      { end_time_timestamp?: string; status?: string }[]
    >
    const done = Object.values(servers)
      .flat()
      .filter(({ status }) => status === 'DONE')
    if (done.length === 0) return null
    return { at: new Date(Math.max(...done.map(({ end_time_timestamp: at }) => Number(at) * 1000))), problem: null }
  },
  'wal-g': (ask) => {
    const backups = JSON.parse(ask(['backup-list', '--json'])) as { time: string }[] | null
    if (backups === null || backups.length === 0) return null
    return { at: new Date(Math.max(...backups.map(({ time }) => Date.parse(time)))), problem: null }
  },
}
