import { type CommandDefinition, listOption, textOption } from '../command/command.ts'
import { optionalChoice } from '../command/option-reading.ts'
import { judged } from '../command/outcome.ts'
import { formatUrl } from '../connection/format-url.ts'
import { compareWithLastRun, formatComparison } from '../doctor/compare-runs.ts'
import { examine } from '../doctor/examine.ts'
import { isGate, profiles, selectChecks, stages } from '../doctor/selections.ts'
import { readSignOffs } from '../doctor/sign-offs.ts'
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
    { flags: '--stage <name>', description: `what matters now: ${stages.join(', ')} (default: everything)` },
    { flags: '--profile <name>', description: `whose list: ${profiles.join(', ')} (default: everything)` },
    { flags: '--strict', description: 'fail for recommended checks too' },
  ],
  changes: 'nothing',
  isPerTarget: true,
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
    const stage = optionalChoice(call, 'stage', stages)
    const profile = optionalChoice(call, 'profile', profiles)
    const waiverFile = textOption(call, 'waivers')
    const answers = [...readSignOffs(call.stateFolder), ...(waiverFile === null ? [] : readWaivers(waiverFile))]
    const checks = applyWaivers(selectChecks(found, stage, profile), answers, call.now())
    const isStrict = call.options.strict === true || profile === 'strict'
    const failed = checks.filter(({ verdict }) => verdict === 'fail')
    const critical = failed.filter(({ tier }) => tier === 'critical')
    const skipped = checks.filter(({ verdict }) => verdict === 'skipped')
    const unsigned = checks.filter(({ verdict }) => verdict === 'manual')
    const isHeldUp = isGate(stage) && unsigned.some(({ tier }) => tier === 'critical')
    const isBlocked = critical.length > 0 || isHeldUp || (isStrict && failed.length > 0)
    const gate = call.environment === 'production' ? (isBlocked ? ' production is BLOCKED' : ' production may go') : ''
    const summary = `${checks.length} checks: ${critical.length} critical and ${failed.length - critical.length} other failure(s), ${skipped.length} skipped, ${unsigned.length} to sign for;${gate}`
    const target = [formatUrl(server, 'omitted'), stage, profile].filter((word) => word !== null).join(' ')
    const changes = compareWithLastRun(call.stateFolder, target, checks, call.now())
    const sentences = [summary.replace(/;$/, ''), ...(changes === null ? [] : [formatComparison(changes)])]
    return {
      ...judged(sentences.join('; '), checks, { data: { stage, profile, changes } }),
      exitCode: isBlocked ? EXIT_FINDINGS : EXIT_FINE,
    }
  },
}
