import { resolve } from 'node:path'
import { type Call, type CommandDefinition, textOption } from '../command/command.ts'
import { numberOption, zoneOption } from '../command/option-reading.ts'
import { type Check, judged } from '../command/outcome.ts'
import { withServer } from '../connection/connect.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_INTEGRITY, EXIT_PARTIAL } from '../exit-codes.ts'
import { maintain } from '../maintenance/maintain.ts'
import { maintenanceStatus } from '../maintenance/maintenance-status.ts'
import { planMaintenance } from '../maintenance/plan-maintenance.ts'
import { type MaintenanceRules, noRules, readRules } from '../maintenance/rules.ts'
import type { MaintenanceTask, RuleProblem } from '../maintenance/task.ts'
import { withCosts } from '../maintenance/task-costs.ts'
import { isWithin, type MaintenanceWindow, parseWindow } from '../maintenance/window.ts'

const rulesOption = {
  flags: '--rules <file>',
  description: 'YAML of the site: integrity, partitions, logs, statistics',
} as const

function rulesOf(call: Call): MaintenanceRules {
  const path = textOption(call, 'rules')
  return path === null ? noRules : readRules(resolve(call.workingFolder, path))
}

export const maintRun: CommandDefinition = {
  name: 'maint run',
  summary:
    'Vacuums, analyzes and reindexes what needs it, and what the rules of the site say: reads tables and indexes in search of damage, makes and detaches partitions, rotates, compresses and removes logs, begins statistics anew. Within its hours and while the load allows; a task counts only when its effect is seen; damage ends with 5.',
  options: [
    rulesOption,
    { flags: '--lock-timeout <ms>', description: 'give up a lock after so long (default: 2000)' },
    {
      flags: '--window <hh:mm-hh:mm>',
      description: 'hours in which a task may begin; refused with 7 outside, ends with 8 when tasks are left',
    },
    { flags: '--timezone <name>', description: 'of --window, such as UTC or Europe/Berlin; has no default' },
    { flags: '--outside-window', description: 'run now, whatever --window says' },
    { flags: '--max-active <count>', description: 'begin no task, and end with 8, while more other sessions work' },
    {
      flags: '--max-lag-bytes <bytes>',
      description: 'begin no task, and end with 8, while a standby is further behind',
    },
  ],
  changes: 'server',
  example:
    'dbops maint run --rules maintenance.yaml --url postgresql://postgres@localhost/app --window 01:00-05:00 --timezone UTC --max-active 20 --apply',
  async run(call) {
    const window = windowOf(call)
    const limits = { maxActive: limitOf(call, 'maxActive'), maxLagBytes: limitOf(call, 'maxLagBytes') }
    const lockTimeoutMs = numberOption(call, 'lockTimeout', 2000)
    if (call.isApplied && window !== null && !isWithin(window, call.now()))
      throw new DbopsError('REFUSED', `it is outside of the window ${window.text}`, {
        hint: '--outside-window runs it now',
      })
    const rules = rulesOf(call)
    const server = call.target()
    const { tasks, problems } = await withServer(server, (client) => planMaintenance(client, rules, call.now()))
    const unmet = problems.map(problemCheck)
    if (!call.isApplied) {
      const text = [...tasks.map(taskLine), ...problems.map(problemLine)].join('\n')
      return { ...judged(`${tasks.length} task(s); --apply does them`, unmet), text, data: tasks }
    }
    const {
      checks: done,
      left,
      isDamaged,
    } = await maintain(server, tasks, {
      lockTimeoutMs,
      limits,
      window,
      now: call.now,
    })
    const checks = [...unmet, ...done]
    const passed = done.filter(({ verdict }) => verdict === 'pass')
    const summary = `${passed.length} of ${tasks.length} task(s) done`
    const audit = { done: passed.map(({ id, title }) => `${id} ${title}`), left: left?.tasks.length ?? 0, isDamaged }
    const outcome = judged(summary, checks, { audit })
    if (left !== null)
      return {
        ...outcome,
        summary: `${summary}, ${left.tasks.length} left: ${left.reason}`,
        exitCode: isDamaged ? EXIT_INTEGRITY : EXIT_PARTIAL,
        data: { left: left.tasks, reason: left.reason },
      }
    return isDamaged ? { ...outcome, summary: `damage found; ${summary}`, exitCode: EXIT_INTEGRITY } : outcome
  },
}

function taskLine({ kind, object, sql, reason }: MaintenanceTask): string {
  return sql === null ? `-- ${kind} ${object}: ${reason}` : `${sql};  -- ${reason}`
}

function problemLine({ rule, verdict, evidence }: RuleProblem): string {
  return `-- ${verdict === 'fail' ? 'cannot be done' : 'skipped'}: ${rule}: ${evidence}`
}

function problemCheck({ rule, ...rest }: RuleProblem): Check {
  return { id: 'maint.rule', title: rule, tier: 'recommended', ...rest }
}

/** Null when the hours do not matter. @throws {DbopsError} USAGE */
function windowOf(call: Call): MaintenanceWindow | null {
  const hours = textOption(call, 'window')
  const timezone = zoneOption(call)
  const isIgnored = call.options.outsideWindow === true
  if (hours === null) {
    if (timezone !== null || isIgnored)
      throw new DbopsError('USAGE', '--timezone and --outside-window go with --window')
    return null
  }
  if (timezone === null) throw new DbopsError('USAGE', '--window needs --timezone', { hint: 'such as --timezone UTC' })
  const window = parseWindow(hours, timezone)
  return isIgnored ? null : window
}

function limitOf(call: Call, name: 'maxActive' | 'maxLagBytes'): number | null {
  return textOption(call, name) === null ? null : numberOption(call, name, 0, 0, Number.MAX_SAFE_INTEGER)
}

export const maintPlan: CommandDefinition = {
  name: 'maint plan',
  summary: 'The tasks that maint run would do, with the size of what each works on and who is in the way now.',
  options: [rulesOption],
  changes: 'nothing',
  example: 'dbops maint plan --url postgresql://postgres@localhost/app',
  async run(call) {
    const rules = rulesOf(call)
    const { tasks, problems } = await withServer(call.target(), async (client) => {
      const plan = await planMaintenance(client, rules, call.now())
      return { ...plan, tasks: await withCosts(client, plan.tasks) }
    })
    const lines = tasks.map((task) => {
      const wait = task.blockers.length === 0 ? '' : `; held by ${task.blockers.join(', ')}`
      return `${taskLine(task)}; ${task.bytes} bytes${wait}`
    })
    const text = [...lines, ...problems.map(problemLine)].join('\n')
    return { ...judged(`${tasks.length} task(s)`, problems.map(problemCheck)), text, data: tasks }
  },
}

export const maintStatus: CommandDefinition = {
  name: 'maint status',
  summary:
    'Says when each table was last vacuumed and analyzed, and what is due: tasks, damaged pages, extensions, collations.',
  options: [],
  changes: 'nothing',
  isPerTarget: true,
  example: 'dbops maint status --url postgresql://postgres@localhost/app',
  async run(call) {
    const { tables, checks } = await withServer(call.target(), maintenanceStatus)
    const due = checks.filter(({ verdict }) => verdict === 'warn' || verdict === 'fail').length
    return judged(`${tables.length} table(s), ${due} thing(s) due`, checks, { data: { tables } })
  },
}
