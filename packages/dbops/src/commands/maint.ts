import { type Call, type CommandDefinition, textOption } from '../command/command.ts'
import { numberOption, zoneOption } from '../command/option-reading.ts'
import { judged } from '../command/outcome.ts'
import { withServer } from '../connection/connect.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE, EXIT_PARTIAL } from '../exit-codes.ts'
import { maintain, planMaintenance, withCosts } from '../maintenance/maintain.ts'
import { maintenanceStatus } from '../maintenance/maintenance-status.ts'
import { isWithin, type MaintenanceWindow, parseWindow } from '../maintenance/window.ts'

export const maintRun: CommandDefinition = {
  name: 'maint run',
  summary:
    'Vacuums, analyzes and reindexes what needs it, within its hours and while the load allows; a task counts only when its effect is seen.',
  options: [
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
    'dbops maint run --url postgresql://postgres@localhost/app --window 01:00-05:00 --timezone UTC --max-active 20 --apply',
  async run(call) {
    const window = windowOf(call)
    const limits = { maxActive: limitOf(call, 'maxActive'), maxLagBytes: limitOf(call, 'maxLagBytes') }
    const lockTimeoutMs = numberOption(call, 'lockTimeout', 2000)
    if (call.isApplied && window !== null && !isWithin(window, call.now()))
      throw new DbopsError('REFUSED', `it is outside of the window ${window.text}`, {
        hint: '--outside-window runs it now',
      })
    const server = call.target()
    const tasks = await withServer(server, planMaintenance)
    const text = tasks.map(({ sql, reason }) => `${sql};  -- ${reason}`).join('\n')
    if (!call.isApplied)
      return { summary: `${tasks.length} task(s); --apply does them`, exitCode: EXIT_FINE, text, data: tasks }
    const { checks, left } = await maintain(server, tasks, { lockTimeoutMs, limits, window, now: call.now })
    const done = `${checks.filter(({ verdict }) => verdict === 'pass').length} of ${tasks.length} task(s) done`
    if (left === null) return judged(done, checks)
    return {
      summary: `${done}, ${left.tasks.length} left: ${left.reason}`,
      exitCode: EXIT_PARTIAL,
      checks,
      data: { left: left.tasks, reason: left.reason },
    }
  },
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
  options: [],
  changes: 'nothing',
  example: 'dbops maint plan --url postgresql://postgres@localhost/app',
  async run(call) {
    const tasks = await withServer(
      call.target(),
      async (client) => await withCosts(client, await planMaintenance(client)),
    )
    const lines = tasks.map(({ sql, reason, bytes, blockers }) => {
      const wait = blockers.length === 0 ? '' : `; held by ${blockers.join(', ')}`
      return `${sql};  -- ${reason}; ${bytes} bytes${wait}`
    })
    return { summary: `${tasks.length} task(s)`, exitCode: EXIT_FINE, text: lines.join('\n'), data: tasks }
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
