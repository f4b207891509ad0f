import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { type Call, type CommandDefinition, textOption } from '../command/command.ts'
import { libpqEnvironment } from '../connection/format-url.ts'
import { completeParameters } from '../connection/url.ts'
import { DbopsError } from '../errors.ts'
import type { ExitCode } from '../exit-codes.ts'
import { privatePassFile } from '../run.ts'
import { credentialsOf, sourceOptions } from './credential-sources.ts'

/** What opens our sources; it is not the child's. */
const ours = [
  'DBOPS_MASTER_KEY',
  'DBOPS_MASTER_KEY_FILE',
  'VAULT_TOKEN',
  'VAULT_TOKEN_FILE',
  'AZURE_CLIENT_SECRET',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'PGPASSWORD',
  'DATABASE_URL',
]

export const run: CommandDefinition = {
  name: 'run',
  summary:
    'Runs a program with the login of the database: host, user and a private password file in its environment alone.',
  arguments: [{ name: 'command', description: 'program and its arguments, after --', isVariadic: true }],
  options: [
    ...sourceOptions,
    { flags: '--sslmode <mode>', description: 'as libpq means it (default: prefer)' },
    { flags: '--password-variable <name>', description: 'give the program the password in this variable, too' },
  ],
  changes: 'nothing',
  example: 'dbops run --dotenv .env.development -- psql -c "select 1"',
  async run(call) {
    const { host, port, database, user, password } = await credentialsOf(call)
    const words = { host, port: String(port), dbname: database, user, sslmode: textOption(call, 'sslmode') ?? 'prefer' }
    const parameters = { ...completeParameters(words), password }
    const passFile = privatePassFile(parameters)
    const variable = textOption(call, 'passwordVariable')
    try {
      const exitCode = await childOf(call, {
        ...libpqEnvironment(parameters),
        PGPASSFILE: passFile.path,
        ...(variable === null ? {} : { [variable]: password.reveal() }),
      })
      return {
        summary: `${call.args[0]} ended with ${exitCode}`,
        exitCode: exitCode as ExitCode,
        isSilent: true,
        audit: { program: call.args[0] },
      }
    } finally {
      passFile.remove()
    }
  },
}

/** The program's own exit code; 128 and the number of the signal that ended it, as shells say. */
async function childOf(call: Call, more: Readonly<Record<string, string>>): Promise<number> {
  const [program, ...args] = call.args
  const inherited = Object.fromEntries(Object.entries(call.variables).filter(([name]) => !ours.includes(name)))
  const child = spawn(program, args, { stdio: 'inherit', env: { ...inherited, ...more } })
  const stop = (signal: NodeJS.Signals): void => void child.kill(signal)
  process.prependListener('SIGTERM', stop) // before this process ends of it
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
    return code ?? 128 + signalNumber(signal)
  } catch (cause) {
    throw new DbopsError('USAGE', `${program} cannot be started (${(cause as NodeJS.ErrnoException).code})`, { cause })
  } finally {
    process.off('SIGTERM', stop)
  }
}

function signalNumber(signal: NodeJS.Signals | null): number {
  return signal === null ? 0 : constants.signals[signal]
}
