import { lastGoodDrill } from '../backup/drill.ts'
import { auditForeignTools } from '../backup/foreign-tools.ts'
import { type CommandDefinition, listOption } from '../command/command.ts'
import { numberOption, requiredOption } from '../command/option-reading.ts'
import { type Check, judged } from '../command/outcome.ts'
import { formatUrl } from '../connection/format-url.ts'
import { identityOption } from './backup-keys.ts'
import { fromOption, listPlace, placeOptions } from './backup-place.ts'
import { examined, examinedOptions } from './examined.ts'
import { reportOptions, writtenReport } from './written-report.ts'

export const reportSecurity: CommandDefinition = {
  name: 'report security',
  summary:
    'Writes what doctor finds as a page for people, with the controls it belongs to and a place for a signature.',
  options: [
    ...reportOptions,
    ...examinedOptions,
    { flags: '--waivers <file>', description: 'failures that somebody answers for' },
  ],
  changes: 'files',
  example: 'dbops report security --to-file report.html --url postgresql://postgres@localhost/app',
  async run(call) {
    const server = call.target()
    return writtenReport(call, 'Security of a database', formatUrl(server, 'omitted'), await examined(call, server))
  },
}

export const reportBackup: CommandDefinition = {
  name: 'report backup',
  summary: 'Writes the state of the backups as a page: age, verification, drill.',
  options: [fromOption, ...reportOptions, identityOption, ...placeOptions],
  changes: 'files',
  example: 'dbops report backup --from /var/backups/app --to-file backups.md',
  async run(call) {
    const listed = await listPlace(call, requiredOption(call, 'from', '--from'))
    const drill = lastGoodDrill(call.stateFolder)
    const checks: Check[] = listed.map(({ id, state, verifiedLevel, problem, storedBytes }) => ({
      id,
      title: 'backup',
      tier: 'critical',
      verdict:
        state === 'good' ? (verifiedLevel >= 3 ? 'pass' : 'warn') : state === 'unchecked-manifest' ? 'skipped' : 'fail',
      evidence: problem ?? `${storedBytes} bytes, verified at level ${verifiedLevel}`,
      references: ['ISO 27001 A.8.13', 'SOC 2 A1.2'],
    }))
    checks.push({
      id: 'drill',
      title: 'a restore was tried',
      tier: 'critical',
      verdict: drill === null ? 'fail' : 'pass',
      evidence:
        drill === null ? 'never' : `${drill.startedAt}: ${drill.recoveryTimeMs} ms, ${drill.rows} rows compared`,
      references: ['ISO 27001 A.8.13'],
    })
    return writtenReport(call, 'Backups', null, checks)
  },
}

export const backupAudit: CommandDefinition = {
  name: 'backup audit',
  summary: 'Asks pgBackRest, Barman and WAL-G, where they are, for their newest backup.',
  options: [
    { flags: '--max-age-hours <hours>', description: 'older is a failure (default: 25)' },
    {
      flags: '--tool <name>',
      description: 'must be there: pgbackrest, barman or wal-g; may be given several times',
      isRepeatable: true,
    },
  ],
  changes: 'nothing',
  example: 'dbops backup audit --tool pgbackrest',
  run(call) {
    const required = listOption(call, 'tool')
    const checks = auditForeignTools(
      call.variables.PATH ?? process.env.PATH ?? '',
      call.now(),
      numberOption(call, 'maxAgeHours', 25, 1),
    ).map(
      (check): Check =>
        check.verdict === 'skipped' && required.some((tool) => check.id === `backup.${tool}`)
          ? { ...check, verdict: 'fail' }
          : check,
    )
    return judged(`${checks.filter(({ verdict }) => verdict !== 'skipped').length} tool(s) asked`, checks)
  },
}
