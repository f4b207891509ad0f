import type { ServerClient } from '../connection/server-client.ts'
import { planIntegrity } from './integrity.ts'
import { planLogs } from './log-files.ts'
import { planPartitions } from './partitions.ts'
import { planCare } from './plan-care.ts'
import { type MaintenanceRules, noRules } from './rules.ts'
import { planStatistics } from './statistics.ts'
import type { RulePlan } from './task.ts'

/**
 * Everything that is due: first what the application will miss soonest, last what reads for longest. A statement on statistics comes after
 * the care that goes by them.
 */
export async function planMaintenance(
  client: ServerClient,
  rules: MaintenanceRules = noRules,
  now = new Date(),
): Promise<RulePlan> {
  const parts: RulePlan[] = []
  for (const rule of rules.partitions) parts.push(await planPartitions(client, rule, now))
  parts.push({ tasks: await planCare(client), problems: [] })
  if (rules.statistics !== null) parts.push(await planStatistics(client, rules.statistics))
  if (rules.logs !== null) parts.push(await planLogs(client, rules.logs, now))
  if (rules.integrity !== null) parts.push(await planIntegrity(client, rules.integrity))
  return { tasks: parts.flatMap(({ tasks }) => tasks), problems: parts.flatMap(({ problems }) => problems) }
}
