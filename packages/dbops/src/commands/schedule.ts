import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { type Call, type CommandDefinition, listOption, textOption } from '../command/command.ts'
import { choiceOption, zoneOption } from '../command/option-reading.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { plainEnvironment } from '../run.ts'
import { cronBlock, withCronBlock } from '../schedule/cron-block.ts'
import { readSchedule, type ScheduleKind, scheduleKinds, writeSchedule } from '../schedule/installed.ts'
import { scheduledJobs } from '../schedule/jobs.ts'
import { systemdUnits } from '../schedule/systemd-units.ts'

export const commandOption = {
  flags: '--job <name=command>',
  description: 'command of a job; may be given several times',
  isRepeatable: true,
} as const
const kindOption = { flags: '--kind <kind>', description: 'systemd, cron or daemon (default: systemd)' } as const
const folderOption = {
  flags: '--folder <folder>',
  description: 'folder of units (default: /etc/systemd/system)',
} as const
const crontabOption = {
  flags: '--crontab <program>',
  description: 'program that reads and writes the crontab (default: crontab)',
} as const

/** The jobs that were named. @throws {DbopsError} USAGE */
export function jobsOf(call: Call): { name: string; command: string }[] {
  const jobs = listOption(call, 'job').map((text) => {
    const at = text.indexOf('=')
    const name = text.slice(0, at)
    if (at < 1 || !scheduledJobs.some((job) => job.name === name))
      throw new DbopsError('USAGE', `--job "${text}" is not name=command`, {
        hint: `names are ${scheduledJobs.map((job) => job.name).join(', ')}`,
      })
    return { name, command: text.slice(at + 1) }
  })
  if (jobs.length === 0) throw new DbopsError('USAGE', '--job is missing')
  return jobs
}

function crontab(call: Call): { read(): string; write(text: string): void } {
  const program = textOption(call, 'crontab') ?? 'crontab'
  return {
    read: () => {
      try {
        return execFileSync(program, ['-l'], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
          env: plainEnvironment(),
        })
      } catch (cause) {
        // no crontab yet is said with an exit code
        if (/no crontab/i.test(String((cause as { stderr?: string }).stderr))) return ''
        throw new DbopsError('CHILD_FAILED', `${program} -l failed: the crontab is left alone`, { cause })
      }
    },
    write: (text) => void execFileSync(program, ['-'], { input: text, env: plainEnvironment() }),
  }
}

export const scheduleInstall: CommandDefinition = {
  name: 'schedule install',
  summary: 'Makes timers of systemd, or a marked block in the crontab; other lines stay byte for byte.',
  options: [
    commandOption,
    kindOption,
    folderOption,
    crontabOption,
    { flags: '--user <name>', description: 'who runs the jobs (default: you)' },
    { flags: '--timezone <name>', description: 'of systemd: zone of the times, such as Europe/Berlin (default: UTC)' },
  ],
  changes: 'server',
  example:
    'dbops schedule install --job "backup=/usr/bin/dbops backup create --service app --to /var/backups/app" --apply',
  run(call) {
    const jobs = jobsOf(call)
    const kind = choiceOption(call, 'kind', scheduleKinds, 'systemd')
    const timezone = zoneOf(call, kind)
    const installedAt = call.now().toISOString()
    const schedule = { kind, timezone, installedAt, jobs: jobs.map((job) => ({ ...job, cron: cronOf(job.name) })) }
    if (call.isApplied) writeSchedule(call.stateFolder, schedule)
    if (kind === 'daemon')
      return {
        summary: call.isApplied ? `${jobs.length} job(s) for dbops schedule daemon` : 'plan only; --apply does it',
        exitCode: EXIT_FINE,
        text: schedule.jobs.map(({ cron, command }) => `${cron} ${command}`).join('\n'),
      }
    if (kind === 'cron') {
      const lines = jobs.map(({ name, command }) => ({
        cron: cronOf(name),
        command,
      }))
      const table = crontab(call)
      const before = table.read()
      const after = withCronBlock(before, lines)
      if (call.isApplied && after !== before) {
        writeFileSync(join(call.stateFolder, 'crontab.before'), before, { mode: 0o600 })
        table.write(after)
      }
      return {
        summary: call.isApplied ? `${lines.length} job(s) in the crontab` : 'plan only; --apply does it',
        exitCode: EXIT_FINE,
        text: cronBlock(after).join('\n'),
      }
    }
    const folder = textOption(call, 'folder') ?? '/etc/systemd/system'
    const user = textOption(call, 'user') ?? userInfo().username
    const units = Object.assign(
      {},
      ...jobs.map(({ name, command }) =>
        systemdUnits(scheduledJobs.find((job) => job.name === name) ?? scheduledJobs[0], { command, user, timezone }),
      ),
    ) as Record<string, string>
    if (call.isApplied) {
      mkdirSync(folder, { recursive: true })
      for (const [name, text] of Object.entries(units)) writeFileSync(join(folder, name), text, { mode: 0o644 })
    }
    const next = `systemctl daemon-reload && systemctl enable --now ${jobs.map(({ name }) => `dbops-${name}.timer`).join(' ')}`
    return {
      summary: call.isApplied
        ? `${Object.keys(units).length} unit(s) in ${folder}; now: ${next}`
        : 'plan only; --apply does it',
      exitCode: EXIT_FINE,
      text: Object.keys(units).join('\n'),
    }
  },
}

/** Cron knows the zone of the machine only, the daemon UTC. @throws {DbopsError} USAGE */
function zoneOf(call: Call, kind: ScheduleKind): string | null {
  const zone = zoneOption(call)
  if (zone !== null && kind !== 'systemd')
    throw new DbopsError(
      'USAGE',
      `--timezone is for systemd: ${kind} runs in ${kind === 'cron' ? 'the zone of the machine' : 'UTC'}`,
    )
  return kind === 'cron' ? null : (zone ?? 'UTC')
}

function cronOf(name: string): string {
  return scheduledJobs.find((job) => job.name === name)?.cron ?? ''
}

export const scheduleRemove: CommandDefinition = {
  name: 'schedule remove',
  summary: 'Takes our timers, or our block of the crontab, out again.',
  options: [kindOption, folderOption, crontabOption],
  changes: 'server',
  example: 'dbops schedule remove --kind cron --apply',
  run(call) {
    const kind = choiceOption(call, 'kind', scheduleKinds, 'systemd')
    const jobs = readSchedule(call.stateFolder)?.jobs ?? []
    if (call.isApplied)
      writeSchedule(call.stateFolder, { kind, timezone: null, installedAt: call.now().toISOString(), jobs: [] })
    if (kind === 'daemon')
      return {
        summary: `${jobs.length} job(s)${call.isApplied ? ' removed' : ' would go; --apply does it'}`,
        exitCode: EXIT_FINE,
        text: '',
      }
    if (kind === 'cron') {
      const table = crontab(call)
      const before = table.read()
      if (call.isApplied) table.write(withCronBlock(before, []))
      return {
        summary: `${cronBlock(before).length} job(s)${call.isApplied ? ' removed' : ' would go; --apply does it'}`,
        exitCode: EXIT_FINE,
        text: '',
      }
    }
    const folder = textOption(call, 'folder') ?? '/etc/systemd/system'
    const names = readdirSync(folder).filter((name) => /^dbops-[\w-]+\.(service|timer)$/.test(name))
    if (call.isApplied) for (const name of names) rmSync(join(folder, name))
    return {
      summary: `${names.length} unit(s)${call.isApplied ? ' removed' : ' would go; --apply does it'}`,
      exitCode: EXIT_FINE,
      text: names.join('\n'),
    }
  },
}

export const scheduleList: CommandDefinition = {
  name: 'schedule list',
  summary: 'The jobs and their times.',
  options: [],
  changes: 'nothing',
  example: 'dbops schedule list',
  run: () => ({
    summary: `${scheduledJobs.length} job(s)`,
    exitCode: EXIT_FINE,
    text: scheduledJobs
      .map(({ name, cron, description }) => `${name.padEnd(16)} ${cron.padEnd(14)} ${description}`)
      .join('\n'),
    data: scheduledJobs,
  }),
}
