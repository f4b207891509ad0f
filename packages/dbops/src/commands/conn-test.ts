import { setTimeout } from 'node:timers/promises'
import type { CommandDefinition } from '../command/command.ts'
import { numberOption } from '../command/option-reading.ts'
import { judged } from '../command/outcome.ts'
import { connectionChecks, testConnection } from '../connection/connection-test.ts'
import { exitCodeOf } from '../exit-codes.ts'

export const connTest: CommandDefinition = {
  name: 'conn test',
  summary: 'Goes through a connection stage by stage, says where it fails and why, and judges the session.',
  options: [
    { flags: '--wait <seconds>', description: 'try again for so long while the server cannot be reached (default: 0)' },
  ],
  changes: 'nothing',
  isPerTarget: true,
  example: 'dbops conn test --url postgresql://app@db.example/app?sslmode=verify-full',
  async run(call) {
    const parameters = call.target()
    const untilMs = performance.now() + numberOption(call, 'wait', 0) * 1000
    for (;;) {
      const test = await testConnection(parameters)
      const isWaiting = test.failure !== null && exitCodeOf(test.failure) === 3 && performance.now() < untilMs
      if (isWaiting) {
        await setTimeout(500)
        continue
      }
      const checks = connectionChecks(test, call.environment === 'production')
      if (test.failure === null) {
        const outcome = judged('the connection works', checks, { data: test.facts })
        return outcome.exitCode === 0
          ? outcome
          : { ...outcome, summary: 'the connection works, its settings do not satisfy' }
      }
      const { code, hint } = test.failure
      return {
        summary: `the connection fails: ${code}${hint === undefined ? '' : ` (${hint})`}`,
        exitCode: exitCodeOf(test.failure),
        checks,
        data: { code, hint: hint ?? null },
      }
    }
  },
}
