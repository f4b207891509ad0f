import { type CommandDefinition, listOption, textOption } from '../command/command.ts'
import { judged } from '../command/outcome.ts'
import { formatUrl } from '../connection/format-url.ts'
import { compareWithLastRun, formatComparison } from '../doctor/compare-runs.ts'
import { examine } from '../doctor/examine.ts'
import { applyWaivers, readWaivers } from '../doctor/waivers.ts'
import { EXIT_FINDINGS, EXIT_FINE } from '../exit-codes.ts'

export const doctor: CommandDefinition = {
  name: 'doctor',
  summary:
    'Examines a server: roles, grants, policies, TLS, rules, settings, passwords, patches, backups; says what changed since the last run. 1 when a critical check fails.',
  options: [
    { flags: '--app-role <role>', description: 'role of the application' },
    {
      flags: '--schema <name>',
      description: 'schema of the application; may be given several times',
      isRepeatable: true,
    },
    {
      flags: '--tenant-column <name>',
      description: 'column that says whose a row is; may be given several times',
      isRepeatable: true,
    },
    { flags: '--backups <folder>', description: 'folder of backups' },
    { flags: '--waivers <file>', description: 'failures that somebody answers for, with a last day' },
    { flags: '--strict', description: 'fail for recommended checks too' },
  ],
  changes: 'nothing',
  example: 'dbops doctor --url postgresql://postgres@localhost/app --app-role app_a --backups /var/backups/app',
  async run(call) {
    const server = call.target()
    const found = await examine({
      server,
      appRole: textOption(call, 'appRole'),
      schemas: listOption(call, 'schema'),
      tenantColumns: listOption(call, 'tenantColumn'),
      backups: textOption(call, 'backups'),
      stateFolder: call.stateFolder,
      now: call.now(),
    })
    const waiverFile = textOption(call, 'waivers')
    const checks = waiverFile === null ? found : applyWaivers(found, readWaivers(waiverFile), call.now())
    const failed = checks.filter(({ verdict }) => verdict === 'fail')
    const critical = failed.filter(({ tier }) => tier === 'critical')
    const skipped = checks.filter(({ verdict }) => verdict === 'skipped')
    const isBlocked = critical.length > 0 || (call.options.strict === true && failed.length > 0)
    const gate = call.environment === 'production' ? (isBlocked ? ' production is BLOCKED' : ' production may go') : ''
    const summary = `${checks.length} checks: ${critical.length} critical and ${failed.length - critical.length} other failure(s), ${skipped.length} skipped;${gate}`
    const changes = compareWithLastRun(call.stateFolder, formatUrl(server, 'omitted'), checks, call.now())
    const sentences = [summary.replace(/;$/, ''), ...(changes === null ? [] : [formatComparison(changes)])]
    return {
      ...judged(sentences.join('; '), checks, { data: { changes } }),
      exitCode: isBlocked ? EXIT_FINDINGS : EXIT_FINE,
    }
  },
}
