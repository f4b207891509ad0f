import { databaseActions } from '../db/actions.ts'
import type { CommandDefinition } from './command.ts'

/** The service's database: its schema, and what an older version left in another one. */
export const db: CommandDefinition = {
  name: 'db',
  summary: "look after the service's database: schema, data of an older version",
  description:
    'Changes or shows the schema of the database that DATABASE_URL names (as its owner by DATABASE_MIGRATION_URL where that is set), or carries the data of version 4 or 5 from SQLite to PostgreSQL. Several may run at once; a schema newer than the program is left alone.',
  arguments: [
    {
      name: 'action',
      description: `one of ${databaseActions.join(', ')}`,
      completion: databaseActions,
    },
    {
      name: 'target',
      description: 'of upgrade: head or +1; of downgrade: -1; of stamp: head or the name of a step',
      isOptional: true,
    },
  ],
  options: [
    { flags: '--verbose', description: 'of history: what each step does' },
    { flags: '-m, --message <text>', description: 'of revision: what the new step does' },
    { flags: '--sqlite-url <url>', description: 'of migrate-data: the old database', defaultText: '$SQLITE_URL' },
    {
      flags: '--postgres-url <url>',
      description: 'of migrate-data: the new database; a password is safer in $POSTGRES_URL',
      defaultText: '$POSTGRES_URL',
    },
    { flags: '--dry-run', description: 'of migrate-data: read and check everything, write nothing' },
    { flags: '--user <name>', description: 'of assign-orphans: the new owner', defaultText: 'the first administrator' },
  ],
  examples: [
    { command: 'pcap-analyzer db current', shows: 'the step the schema stands at' },
    { command: 'pcap-analyzer db upgrade head', shows: 'all steps applied' },
    { command: 'pcap-analyzer db history --verbose', shows: 'every step, what it does, when it was applied' },
    { command: 'pcap-analyzer db assign-orphans', shows: 'tasks without an owner given to the first administrator' },
  ],
  run: async (context, args, options) => (await import('../db/run-db.ts')).runDb(context, args, options),
}
