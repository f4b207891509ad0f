import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OptionValues } from '../commands/command.ts'
import type { CommandContext } from '../context.ts'
import { CommandError } from '../errors.ts'
import { EXIT_FINE, type ExitCode } from '../exit-codes.ts'

const FOLDER = join('packages', 'server', 'src', 'db', 'migrations')

/** Writes the file of a new step into a checkout of the project, to be filled in and listed. */
export function writeRevision(context: CommandContext, options: OptionValues): ExitCode {
  const message = options.message as string | undefined
  if (message === undefined || message.trim() === '') throw new CommandError('USAGE', 'say what the step does: -m TEXT')
  if (!existsSync(FOLDER)) {
    throw new CommandError('USAGE', `there is no ${FOLDER} here`, { hint: 'run it at the root of a checkout' })
  }
  const numbers = readdirSync(FOLDER).map((name) => Number.parseInt(name, 10) || 0)
  const number = String(Math.max(0, ...numbers) + 1).padStart(3, '0')
  const slug = message
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '')
    .slice(0, 50)
  const path = join(FOLDER, `${number}_${slug}.ts`)
  const identifier = slug.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
  writeFileSync(path, stepText(`${number}_${slug}`, identifier, message.trim()), { flag: 'wx' })
  context.stdout.write(`${path}\nadd it to ${join(FOLDER, 'index.ts')}\n`)
  return EXIT_FINE
}

function stepText(name: string, identifier: string, message: string): string {
  return `import type { SchemaStep } from './migration.ts'

export const ${identifier}: SchemaStep = {
  name: '${name}',
  description: ${JSON.stringify(message)},
  async up(database, types) {
    await database.schema.alterTable('tasks').addColumn('example', types.text(50)).execute()
  },
  async down(database) {
    await database.schema.alterTable('tasks').dropColumn('example').execute()
  },
}
`
}
