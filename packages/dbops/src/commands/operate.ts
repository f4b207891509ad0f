import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { type Call, type CommandDefinition, listOption, textOption } from '../command/command.ts'
import { choiceOption, numberOption, requiredOption } from '../command/option-reading.ts'
import { type Check, judged } from '../command/outcome.ts'
import { withServer } from '../connection/connect.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { maintain, planMaintenance } from '../maintenance/maintain.ts'
import { plainEnvironment } from '../run.ts'
import { cronBlock, withCronBlock } from '../schedule/cron-block.ts'
import { scheduledJobs } from '../schedule/jobs.ts'
import { systemdUnits } from '../schedule/systemd-units.ts'
import { checkEnvironmentFile, setUpEnvironment } from '../setup/setup-environment.ts'

export const maintRun: CommandDefinition = {
  name: 'maint run',
  summary: 'Vacuums, analyzes and reindexes what needs it; a task counts only when its effect is seen.',
  options: [{ flags: '--lock-timeout <ms>', description: 'give up a lock after so long (default: 2000)' }],
  changes: 'server',
  example: 'dbops maint run --url postgresql://postgres@localhost/app --apply',
  async run(call) {
    const server = call.target()
    const tasks = await withServer(server, planMaintenance)
    const text = tasks.map(({ sql, reason }) => `${sql};  -- ${reason}`).join('\n')
    if (!call.isApplied)
      return { summary: `${tasks.length} task(s); --apply does them`, exitCode: EXIT_FINE, text, data: tasks }
    const checks = await maintain(server, tasks, numberOption(call, 'lockTimeout', 2000))
    return judged(
      `${checks.filter(({ verdict }) => verdict === 'pass').length} of ${tasks.length} task(s) done`,
      checks,
    )
  },
}

const commandOption = {
  flags: '--job <name=command>',
  description: 'command of a job; may be given several times',
  isRepeatable: true,
} as const
const kindOption = { flags: '--kind <kind>', description: 'systemd or cron (default: systemd)' } as const
const folderOption = {
  flags: '--folder <folder>',
  description: 'folder of units (default: /etc/systemd/system)',
} as const
const crontabOption = {
  flags: '--crontab <program>',
  description: 'program that reads and writes the crontab (default: crontab)',
} as const

function jobsOf(call: Call): { name: string; command: string }[] {
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
  ],
  changes: 'server',
  example:
    'dbops schedule install --job "backup=/usr/bin/dbops backup create --service app --to /var/backups/app" --apply',
  run(call) {
    const jobs = jobsOf(call)
    if (choiceOption(call, 'kind', ['systemd', 'cron'], 'systemd') === 'cron') {
      const lines = jobs.map(({ name, command }) => ({
        cron: scheduledJobs.find((job) => job.name === name)?.cron ?? '',
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
        systemdUnits(scheduledJobs.find((job) => job.name === name) ?? scheduledJobs[0], command, user),
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

export const scheduleRemove: CommandDefinition = {
  name: 'schedule remove',
  summary: 'Takes our timers, or our block of the crontab, out again.',
  options: [kindOption, folderOption, crontabOption],
  changes: 'server',
  example: 'dbops schedule remove --kind cron --apply',
  run(call) {
    if (choiceOption(call, 'kind', ['systemd', 'cron'], 'systemd') === 'cron') {
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

export const setup: CommandDefinition = {
  name: 'setup',
  summary: 'Makes folders, secrets, a certificate and an environment file for a production; safe to run again.',
  options: [
    { flags: '--to <folder>', description: 'where' },
    { flags: '--host <host>', description: 'name of the database server' },
    { flags: '--database <name>', description: 'name of the database' },
  ],
  changes: 'files',
  example: 'dbops setup --to /srv/app --host db.example --database app',
  async run(call) {
    const { made, kept, nextSteps } = await setUpEnvironment(requiredOption(call, 'to', '--to'), {
      host: requiredOption(call, 'host', '--host'),
      database: requiredOption(call, 'database', '--database'),
      now: call.now(),
    })
    const lines = [
      ...made.map((path) => `made  ${path}`),
      ...kept.map((path) => `kept  ${path}`),
      'next:',
      ...nextSteps.map((step, index) => `  ${index + 1}. ${step}`),
    ]
    return {
      summary: `${made.length} made, ${kept.length} were there`,
      exitCode: EXIT_FINE,
      text: lines.join('\n'),
      data: { made, kept, nextSteps },
    }
  },
}

export const envCheck: CommandDefinition = {
  name: 'env check',
  summary: 'Judges environment files: secrets in clear, comments in values, misspelt booleans.',
  arguments: [{ name: 'files', description: 'environment files', isVariadic: true }],
  options: [],
  changes: 'nothing',
  example: 'dbops env check .env.production',
  run(call) {
    const checks = call.args.flatMap(checkEnvironmentFile).map(
      (evidence): Check => ({
        id: 'env.file',
        title: 'the environment file is well',
        verdict: 'fail',
        tier: 'critical',
        evidence,
      }),
    )
    return judged(`${checks.length} problem(s) in ${call.args.length} file(s)`, checks)
  },
}
