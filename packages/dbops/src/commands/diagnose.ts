import { networkInterfaces } from 'node:os'
import { type Call, type CommandDefinition, textOption } from '../command/command.ts'
import { type Check, judged, type Outcome } from '../command/outcome.ts'
import { withServer } from '../connection/connect.ts'
import { testConnection } from '../connection/connection-test.ts'
import { type ConnectionParameters, isSocketDirectory } from '../connection/parameters.ts'
import { parseConnection } from '../connection/url.ts'
import { explainRefusal } from '../diagnose/connect.ts'
import { diskQuestions } from '../diagnose/disk.ts'
import { ask, type Question } from '../diagnose/question.ts'
import { slowQuestions } from '../diagnose/slow.ts'
import { DbopsError } from '../errors.ts'
import { exitCodeOf } from '../exit-codes.ts'

export const diagnoseConnect: CommandDefinition = {
  name: 'diagnose connect',
  summary:
    'Why a login does not get in: the stages of the connection and, asked by an administrator, role, password, limit, right and rule.',
  options: [
    { flags: '--admin-variable <name>', description: 'variable with the URL of an administrator, who sees why' },
    { flags: '--from <address>', description: 'where the login comes from (default: this machine)' },
  ],
  changes: 'nothing',
  example: 'dbops diagnose connect --url postgresql://app@db.example/app --admin-variable ADMIN_URL',
  async run(call) {
    const server = call.target()
    const { stages, failure } = await testConnection(server)
    const checks = stages.map(
      ({ stage, isFine, detail }): Check => ({
        id: `diagnose.${stage}`,
        title: stage,
        tier: 'critical',
        verdict: isFine ? 'pass' : 'fail',
        evidence: detail,
        remediation: isFine ? undefined : failure?.hint,
      }),
    )
    const admin = adminOf(call)
    const more =
      admin === null
        ? []
        : await withServer(admin, (client) =>
            explainRefusal(client, server, originOf(server, textOption(call, 'from'))),
          )
    const outcome = conclusion([...checks, ...more], 'the login gets in')
    return failure === null ? outcome : { ...outcome, exitCode: exitCodeOf(failure) }
  },
}

export const diagnoseSlow: CommandDefinition = {
  name: 'diagnose slow',
  summary: 'Why a database is slow: locks, idle transactions, sessions, long and slow statements, dead rows, memory.',
  options: [],
  changes: 'nothing',
  isPerTarget: true,
  example: 'dbops diagnose slow --url postgresql://monitor@db.example/app',
  run: (call) => asked(call, slowQuestions, 'nothing of what usually makes a database slow'),
}

export const diagnoseDisk: CommandDefinition = {
  name: 'diagnose disk',
  summary: 'What fills the disk: archive, slots, WAL, temporary files, logs, dead rows, idle indexes.',
  options: [],
  changes: 'nothing',
  isPerTarget: true,
  example: 'dbops diagnose disk --url postgresql://monitor@db.example/app',
  run: (call) => asked(call, diskQuestions, 'nothing of what usually fills a disk'),
}

async function asked(call: Call, questions: readonly Question[], innocent: string): Promise<Outcome> {
  return conclusion(await withServer(call.target(), (client) => ask(client, questions)), innocent)
}

/** The first answer that is no is the one to follow; the rest stays to be read. */
function conclusion(checks: readonly Check[], innocent: string): Outcome {
  const last = checks.filter(({ verdict }) => verdict === 'fail').at(0)
  const skipped = checks.filter(({ verdict }) => verdict === 'skipped').length
  const unknown = skipped === 0 ? '' : `; ${skipped} question(s) could not be asked`
  return last === undefined
    ? judged(`${innocent}${unknown}`, checks)
    : judged(`${last.evidence}; next: ${last.remediation ?? 'see above'}${unknown}`, checks)
}

function adminOf(call: Call): ConnectionParameters | null {
  const name = textOption(call, 'adminVariable')
  if (name === null) return null
  const url = call.variables[name]
  if (!url) throw new DbopsError('USAGE', `variable ${name} is not set`)
  return parseConnection(url)
}

/** The address that the server sees: over loopback its own, else that of this machine as far as it can be known here. */
function originOf(server: ConnectionParameters, from: string | null): { address: string | null; isTls: boolean } {
  const [{ host }] = server.hosts
  const isTls = server.sslMode !== 'disable'
  if (from !== null) return { address: from, isTls }
  if (isSocketDirectory(host)) return { address: null, isTls: false }
  if (host === 'localhost' || host.startsWith('127.')) return { address: '127.0.0.1', isTls }
  const outward = Object.values(networkInterfaces())
    .flat()
    .find((one) => one !== undefined && !one.internal && one.family === 'IPv4')
  return { address: outward?.address ?? '127.0.0.1', isTls }
}
