import type { CommandDefinition } from '../command/command.ts'
import { numberOption } from '../command/option-reading.ts'
import { judged } from '../command/outcome.ts'
import { withServer } from '../connection/connect.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { maintain, planMaintenance, withCosts } from '../maintenance/maintain.ts'
import { maintenanceStatus } from '../maintenance/maintenance-status.ts'

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
