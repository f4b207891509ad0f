import { setTimeout } from 'node:timers/promises'
import { type Call, type CommandDefinition, textOption } from '../command/command.ts'
import { numberOption } from '../command/option-reading.ts'
import { type Check, judged } from '../command/outcome.ts'
import { judgeConnection, readConnectionProfile } from '../connection/connection-profile.ts'
import {
  type ConnectionTest,
  connectionChecks,
  type FurtherQuestions,
  stageChecks,
  testConnection,
} from '../connection/connection-test.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import { probeWriting } from '../connection/write-probe.ts'
import { exitCodeOf } from '../exit-codes.ts'

const RETRY_MS = 500

export const connTest: CommandDefinition = {
  name: 'conn test',
  summary: 'Goes through a connection stage by stage, says where it fails and why, and judges the session.',
  options: [
    { flags: '--wait <seconds>', description: 'try again for so long while the server cannot be reached (default: 0)' },
    {
      flags: '--profile <file>',
      description: 'what the session must be like, each with its severity, in place of the usual checks',
    },
    { flags: '--write-probe <schema.table>', description: 'write a row into this table, and roll it back' },
  ],
  changes: 'nothing',
  isPerTarget: true,
  example: 'dbops conn test --url postgresql://app@db.example/app?sslmode=verify-full',
  async run(call) {
    const parameters = call.target()
    const path = textOption(call, 'profile')
    const profile = path === null ? null : readConnectionProfile(path)
    const table = textOption(call, 'writeProbe')
    const ask: FurtherQuestions = async (client, facts) => [
      ...(profile === null ? [] : await judgeConnection(client, facts, profile)),
      ...(table === null ? [] : [await probeWriting(client, table)]),
    ]
    const test = await waitFor(call, parameters, ask)
    const checks =
      profile === null
        ? connectionChecks(test, call.environment === 'production')
        : [...stageChecks(test), ...test.further]
    return test.failure === null ? satisfied(test, checks) : failed(test, checks)
  },
}

/** The last attempt: the first that reaches the server, or the one after which the time is up. */
async function waitFor(call: Call, parameters: ConnectionParameters, ask: FurtherQuestions): Promise<ConnectionTest> {
  const untilMs = performance.now() + numberOption(call, 'wait', 0) * 1000
  for (;;) {
    const test = await testConnection(parameters, ask)
    const isUnreachable = test.failure !== null && exitCodeOf(test.failure) === 3
    if (!isUnreachable || performance.now() >= untilMs) return test
    await setTimeout(RETRY_MS)
  }
}

function satisfied({ facts }: ConnectionTest, checks: readonly Check[]) {
  const outcome = judged('the connection works', checks, { data: facts })
  return outcome.exitCode === 0
    ? outcome
    : { ...outcome, summary: 'the connection works, and is not what it should be' }
}

function failed({ failure }: ConnectionTest, checks: readonly Check[]) {
  const { code = 'INTERNAL', hint } = failure ?? {}
  return {
    summary: `the connection fails: ${code}${hint === undefined ? '' : ` (${hint})`}`,
    exitCode: exitCodeOf(failure),
    checks,
    data: { code, hint: hint ?? null },
  }
}
