import {
  assignOrphans,
  currentStep,
  downgrade,
  grantApplicationLogin,
  type OpenDatabase,
  openDatabase,
  postgresLogin,
  readConfig,
  stamp,
  stepHistory,
  upgrade,
  type Values,
} from '@pcap-analyzer/server/data'
import type { OptionValues } from '../commands/command.ts'
import type { CommandContext } from '../context.ts'
import { CommandError } from '../errors.ts'
import { EXIT_FINE, type ExitCode } from '../exit-codes.ts'
import { databaseActions } from './actions.ts'
import { runMigrateData } from './run-migrate-data.ts'
import { writeRevision } from './write-revision.ts'

/** @throws {CommandError} USAGE; {ServiceError} */
export async function runDb(
  context: CommandContext,
  [action, target]: readonly string[],
  options: OptionValues,
): Promise<ExitCode> {
  if (action === 'migrate-data') return runMigrateData(context, options)
  if (action === 'revision') return writeRevision(context, options)
  const act = actions[action]
  if (act === undefined) {
    throw new CommandError('USAGE', `there is no db ${action}`, { hint: `choose one of ${databaseActions.join(', ')}` })
  }
  const { values } = readConfig(context.environment)
  const database = openDatabase({
    url: values.DATABASE_MIGRATION_URL ?? values.DATABASE_URL ?? '',
    sslMode: values.DATABASE_SSL_MODE as 'disable',
    sslRootCert: values.DATABASE_SSL_ROOT_CERT,
    minSize: 0,
  })
  try {
    for (const line of await act(database, target ?? null, options, values)) context.stdout.write(`${line}\n`)
  } finally {
    await database.close()
  }
  return EXIT_FINE
}

type Action = (
  database: OpenDatabase,
  target: string | null,
  options: OptionValues,
  values: Values,
) => Promise<readonly string[]>

const actions: Readonly<Record<string, Action>> = {
  current: async (database) => [(await currentStep(database)) ?? '(empty)'],
  upgrade: async (database, target, _, values) => {
    if (target !== null && target !== 'head' && target !== '+1')
      throw new CommandError('USAGE', 'upgrade to head or +1')
    const names = await upgrade(database, target ?? 'head')
    await grantTo(database, values)
    return names.length === 0 ? ['nothing to do'] : names.map((name) => `applied ${name}`)
  },
  downgrade: async (database, target) => {
    if (target !== null && target !== '-1') throw new CommandError('USAGE', 'downgrade goes back one step: -1')
    const names = await downgrade(database)
    return names.length === 0 ? ['nothing to do'] : names.map((name) => `took back ${name}`)
  },
  history: async (database, _, options) =>
    (await stepHistory(database)).map(({ name, description, appliedAt }) => {
      const applied = appliedAt === null ? 'not applied' : `applied ${appliedAt}`
      return options.verbose === true ? `${name}  ${applied}\n    ${description}` : `${name}  ${applied}`
    }),
  stamp: async (database, target) => {
    await stamp(database, target ?? 'head')
    return [`the database counts as ${await currentStep(database)}`]
  },
  'assign-orphans': async (database, _, options) => {
    const { owner, tasks } = await assignOrphans(database, (options.user as string | undefined) ?? null)
    return [`${tasks} tasks now belong to ${owner}`]
  },
}

/** Where the owner changes the schema, the login of the service may use what is new. */
async function grantTo(database: OpenDatabase, { DATABASE_URL, DATABASE_MIGRATION_URL }: Values): Promise<void> {
  if (DATABASE_MIGRATION_URL === null || DATABASE_URL === null) return
  const login = postgresLogin(DATABASE_URL)
  if (login !== null) await grantApplicationLogin(database, login)
}
