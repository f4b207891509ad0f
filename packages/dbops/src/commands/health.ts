import { basename } from 'node:path'
import { type Call, type CommandDefinition, listOption, textOption } from '../command/command.ts'
import { type Check, judged, type Metric, type Outcome } from '../command/outcome.ts'
import { withServer } from '../connection/connect.ts'
import { serverError } from '../connection/server-errors.ts'
import { EXIT_USAGE, exitCodeOf } from '../exit-codes.ts'
import { fileCertificate } from '../health/certificate-probes.ts'
import { type HealthCheck, worstOf } from '../health/health.ts'
import { hostProbes } from '../health/host-probes.ts'
import { defaultLimits, type Limits, limitsWith } from '../health/limits.ts'
import { classOf } from '../health/probes.ts'
import { serverHealth } from '../health/server-probes.ts'

export const health: CommandDefinition = {
  name: 'health',
  summary:
    'Says whether the server is well: answers, has sessions, transaction numbers, an archive and a certificate that lasts, is no forgotten standby, was backed up; and the machine with --host.',
  options: [
    { flags: '--allow-recovery', description: 'a standby is well, too' },
    { flags: '--backups <folder>', description: 'folder of backups, whose age counts, and that of the last drill' },
    { flags: '--host', description: 'processors, memory and disk of this machine too' },
    { flags: '--disk <folder>', description: 'with --host: a folder on the disk that must not fill (default: /)' },
    { flags: '--log <file>', description: 'with --host: log of the server; errors in its last 100 lines count' },
    {
      flags: '--certificate <file>',
      description: 'certificate whose days are counted, besides that of the session; may be given several times',
      isRepeatable: true,
    },
    {
      flags: '--limit <name=warn,fail>',
      description: `other limits; names are ${Object.keys(defaultLimits).join(', ')}; may be given several times`,
      isRepeatable: true,
    },
  ],
  changes: 'nothing',
  isPerTarget: true,
  example: 'dbops health --url postgresql://monitor@localhost/app --format nagios',
  async run(call) {
    const server = call.target()
    const startMs = performance.now()
    const limits = limitsWith(listOption(call, 'limit'))
    const others = await otherChecks(call, limits)
    try {
      const found = await withServer(server, (client) =>
        serverHealth(client, {
          isRecoveryAllowed: call.options.allowRecovery === true,
          backups: textOption(call, 'backups'),
          limits,
          stateFolder: call.stateFolder,
          now: call.now(),
        }),
      )
      return outcomeOf(call, startMs, { ...found, ...others })
    } catch (error) {
      const failure = serverError(error)
      if (exitCodeOf(failure) === EXIT_USAGE) throw failure // a wrong question is no state of the server
      const database: HealthCheck = { status: 'fail', message: classOf(failure.code) }
      return { ...outcomeOf(call, startMs, { database, ...others }), exitCode: exitCodeOf(failure) }
    }
  },
}

/** What is known without the server. */
async function otherChecks(call: Call, limits: Limits): Promise<Record<string, HealthCheck>> {
  const found: Record<string, HealthCheck> = {}
  for (const path of listOption(call, 'certificate'))
    found[`certificate ${basename(path)}`] = fileCertificate(path, limits, call.now())
  if (call.options.host !== true) return found
  const log = textOption(call, 'log')
  const probes = hostProbes({ folder: textOption(call, 'disk') ?? '/', ...(log === null ? {} : { log }), limits })
  for (const [name, probe] of Object.entries(probes)) found[name] = await probe()
  return found
}

function outcomeOf(call: Call, startMs: number, found: Readonly<Record<string, HealthCheck>>): Outcome {
  const status = worstOf(Object.values(found).map((check) => check.status))
  const checks = Object.entries(found).map(
    ([name, { status: verdict, observed, threshold, message = 'well' }]): Check => ({
      id: `health.${name.split(' ')[0]}`,
      title: name,
      verdict,
      tier: 'critical',
      evidence: [
        message,
        observed === undefined ? '' : `(${observed}${threshold === undefined ? '' : `, limit ${threshold}`})`,
      ]
        .filter((part) => part !== '')
        .join(' '),
    }),
  )
  const metrics = Object.entries(found).flatMap(([name, { observed, limit }]): Metric[] =>
    typeof observed === 'number'
      ? [
          {
            name: 'dbops_health_observed',
            help: 'What a health check saw',
            value: observed,
            labels: { check: name },
            ...(limit === undefined ? {} : { limit }),
          },
        ]
      : [],
  )
  const durationMs = Math.round(performance.now() - startMs)
  const bad = checks.filter(({ verdict }) => verdict !== 'pass').map(({ title, evidence }) => `${title}: ${evidence}`)
  return judged([status, ...bad].join('; '), checks, {
    metrics,
    data: { status, time: call.now().toISOString(), durationMs, checks: found },
  })
}
