import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readOperations } from '../audit/read-log.ts'
import { type CommandDefinition, textOption } from '../command/command.ts'
import { numberOption } from '../command/option-reading.ts'
import { withServer } from '../connection/connect.ts'
import { formatUrl } from '../connection/format-url.ts'
import { examine } from '../doctor/examine.ts'
import { readSignOffs } from '../doctor/sign-offs.ts'
import { applyWaivers } from '../doctor/waivers.ts'
import { activityReview } from '../report/activity.ts'
import { type CapacityFigures, capacityChecks, capacityFigures } from '../report/capacity.ts'
import { judgeControls } from '../report/controls.ts'
import { atomicWrite, privateFolder } from '../state/atomic-write.ts'
import { reportOptions, writtenReport } from './written-report.ts'

export const reportCompliance: CommandDefinition = {
  name: 'report compliance',
  summary: 'Writes controls of CIS, ISO 27001, SOC 2 and OWASP ASVS with what the checks of doctor say of each.',
  options: [
    ...reportOptions,
    { flags: '--app-role <role>', description: 'role of the application' },
    { flags: '--backups <folder>', description: 'folder of backups' },
  ],
  changes: 'files',
  example: 'dbops report compliance --to-file compliance.html --url postgresql://postgres@localhost/app',
  async run(call) {
    const server = call.target()
    const found = await examine({
      server,
      appRole: textOption(call, 'appRole'),
      schemas: [],
      tenantColumns: [],
      backups: textOption(call, 'backups'),
      stateFolder: call.stateFolder,
      now: call.now(),
    })
    const checks = applyWaivers(found, readSignOffs(call.stateFolder), call.now())
    return writtenReport(call, 'Controls', formatUrl(server, 'omitted'), judgeControls(checks))
  },
}

export const reportCapacity: CommandDefinition = {
  name: 'report capacity',
  summary: 'Writes sizes and their growth since the last report, connections, and numbers that run out.',
  options: reportOptions,
  changes: 'files',
  example: 'dbops report capacity --to-file capacity.csv --url postgresql://postgres@localhost/app',
  async run(call) {
    const server = call.target()
    const target = formatUrl(server, 'omitted')
    const name = createHash('sha256').update(target).digest('hex').slice(0, 16)
    const path = join(privateFolder(join(call.stateFolder, 'capacity')), `${name}.json`)
    const before = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as CapacityFigures) : null
    return await withServer(server, async (client) => {
      const figures = await capacityFigures(client, call.now())
      const outcome = writtenReport(call, 'Capacity', target, await capacityChecks(client, figures, before))
      atomicWrite(path, `${JSON.stringify(figures)}\n`)
      return outcome
    })
  },
}

export const reportActivity: CommandDefinition = {
  name: 'report activity',
  summary: 'Writes what was done with dbops in a period, who read which secret, and what is unlike the time before.',
  options: [...reportOptions, { flags: '--period <days>', description: 'so many days until now (default: 7)' }],
  changes: 'files',
  example: 'dbops report activity --period 7 --to-file week.md',
  run(call) {
    const since = new Date(call.now().getTime() - numberOption(call, 'period', 7, 1) * 86_400_000)
    const checks = activityReview(readOperations(join(call.stateFolder, 'audit')), since)
    return writtenReport(call, 'What was done', null, checks)
  },
}
