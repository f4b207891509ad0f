import type { CommandDefinition } from '../command/command.ts'
import { requiredOption } from '../command/option-reading.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { setUpEnvironment } from '../setup/setup-environment.ts'

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
