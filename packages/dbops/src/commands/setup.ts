import type { CommandDefinition } from '../command/command.ts'
import { requiredOption } from '../command/option-reading.ts'
import { type Check, judged } from '../command/outcome.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { checkEnvironmentFile, setUpEnvironment } from '../setup/setup-environment.ts'

export const setup: CommandDefinition = {
  name: 'setup',
  summary: 'Makes folders, secrets, a certificate and an environment file for a production; safe to run again.',
  options: [
    { flags: '--to <folder>', description: 'where' },
    { flags: '--host <host>', description: 'name of the database server' },
    { flags: '--database <name>', description: 'name of the database' },
  ],
  changes: 'files',
  example: 'dbops setup --to /srv/app --host db.example --database app',
  async run(call) {
    const { made, kept, nextSteps } = await setUpEnvironment(requiredOption(call, 'to', '--to'), {
      host: requiredOption(call, 'host', '--host'),
      database: requiredOption(call, 'database', '--database'),
      now: call.now(),
    })
    const lines = [
      ...made.map((path) => `made  ${path}`),
      ...kept.map((path) => `kept  ${path}`),
      'next:',
      ...nextSteps.map((step, index) => `  ${index + 1}. ${step}`),
    ]
    return {
      summary: `${made.length} made, ${kept.length} were there`,
      exitCode: EXIT_FINE,
      text: lines.join('\n'),
      data: { made, kept, nextSteps },
    }
  },
}

export const envCheck: CommandDefinition = {
  name: 'env check',
  summary: 'Judges environment files: secrets in clear, comments in values, misspelt booleans.',
  arguments: [{ name: 'files', description: 'environment files', isVariadic: true }],
  options: [],
  changes: 'nothing',
  example: 'dbops env check .env.production',
  run(call) {
    const checks = call.args.flatMap(checkEnvironmentFile).map(
      (evidence): Check => ({
        id: 'env.file',
        title: 'the environment file is well',
        verdict: 'fail',
        tier: 'critical',
        evidence,
      }),
    )
    return judged(`${checks.length} problem(s) in ${call.args.length} file(s)`, checks)
  },
}
