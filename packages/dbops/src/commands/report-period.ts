import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readOperations } from '../audit/read-log.ts'
import type { CommandDefinition } from '../command/command.ts'
import { withServer } from '../connection/connect.ts'
import { formatUrl } from '../connection/format-url.ts'
import { runOfPeriod } from '../doctor/compare-runs.ts'
import { activityReview } from '../report/activity.ts'
import { type CapacityFigures, capacityChecks, capacityFigures } from '../report/capacity.ts'
import { judgeControls } from '../report/controls.ts'
import { atomicWrite, privateFolder } from '../state/atomic-write.ts'
import { examined, examinedOptions } from './examined.ts'
import { periodOf, reportOptions, writtenReport } from './written-report.ts'

const MOST_FIGURES = 60

export const reportCompliance: CommandDefinition = {
  name: 'report compliance',
  summary: 'Writes controls of CIS, ISO 27001, SOC 2 and OWASP ASVS with what the checks of doctor say of each.',
  options: [...reportOptions, ...examinedOptions],
  changes: 'files',
  example: 'dbops report compliance --to-file compliance.html --url postgresql://postgres@localhost/app',
  async run(call) {
    const server = call.target()
    return writtenReport(call, 'Controls', formatUrl(server, 'omitted'), judgeControls(await examined(call, server)))
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
    const found: unknown = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : []
    // earlier versions kept the last figures alone
    const earlier = (Array.isArray(found) ? found : [found]) as CapacityFigures[]
    const before = runOfPeriod(earlier, call.now(), periodOf(call)) ?? null
    return await withServer(server, async (client) => {
      const figures = await capacityFigures(client, call.now())
      const outcome = writtenReport(call, 'Capacity', target, await capacityChecks(client, figures, before))
      atomicWrite(path, `${JSON.stringify([...earlier, figures].slice(-MOST_FIGURES))}\n`)
      return outcome
    })
  },
}

export const reportActivity: CommandDefinition = {
  name: 'report activity',
  summary:
    'Writes what was done with dbops in a period (7 days), who read which secret, and what is unlike the time before.',
  options: reportOptions,
  changes: 'files',
  example: 'dbops report activity --period 7 --to-file week.md',
  run(call) {
    const since = new Date(call.now().getTime() - periodOf(call, 7))
    const checks = activityReview(readOperations(join(call.stateFolder, 'audit')), since)
    return writtenReport(call, 'What was done', null, checks)
  },
}
