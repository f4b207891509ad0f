import { type Call, type CommandDefinition, textOption } from '../command/command.ts'
import { EXIT_FINDINGS, EXIT_FINE } from '../exit-codes.ts'
import {
  type MigrationOptions,
  migrateDown,
  migrateUp,
  migrationStates,
  stampMigrations,
} from '../migrations/migrate.ts'
import { pending, toTakeBack } from '../migrations/plan.ts'
import { keepBefore } from './kept-before.ts'
import { folderOf, migrationOptions, migrationsOf, type SchemaBefore, versionOf } from './migration-target.ts'

function keepVersion(call: Call, { schema = 'public', as = null }: MigrationOptions, version: string | null): string {
  const before: SchemaBefore = { folder: folderOf(call), schema, as, version }
  return keepBefore(call, 'schema', before)
}

const nameOf = ({ version, name }: { version: string; name: string }): string => `${version}_${name}`

export const migrateStatus: CommandDefinition = {
  name: 'migrate status',
  summary:
    'Holds a folder of migrations against the database; ends with 1 unless all are applied as they are, so that it can stand before a start.',
  options: migrationOptions,
  changes: 'nothing',
  example: 'dbops migrate status --url postgresql://app_migrator@localhost/app --folder migrations',
  async run(call) {
    const states = await migrationStates(migrationsOf(call))
    const open = states.filter(({ state }) => state !== 'applied')
    const last = states.findLast(({ state }) => state === 'applied')
    return {
      summary: `the schema stands at ${last === undefined ? 'nothing' : nameOf(last)}${open.length === 0 ? '' : `; ${open.length} not applied as they are`}`,
      exitCode: open.length === 0 ? EXIT_FINE : EXIT_FINDINGS,
      text: states.map((one) => `${one.state.padEnd(10)}  ${nameOf(one)}  ${one.appliedAt ?? ''}`.trimEnd()).join('\n'),
      data: states,
    }
  },
}

export const migrateUpCommand: CommandDefinition = {
  name: 'migrate up',
  summary:
    'Applies the migrations that are missing, each in a transaction with its note and checksum, one program at a time.',
  options: [...migrationOptions, { flags: '--to <version>', description: 'the last to apply (default: all)' }],
  changes: 'server',
  example: 'dbops migrate up --url postgresql://app_migrator@localhost/app --folder migrations --as app_owner --apply',
  async run(call) {
    const options = migrationsOf(call)
    const to = textOption(call, 'to')
    const states = await migrationStates(options)
    const todo = pending(options.migrations, states, to)
    if (todo.length === 0) return { summary: 'nothing to do', exitCode: EXIT_FINE, text: '' }
    if (!call.isApplied)
      return {
        summary: `${todo.length} migration(s) to apply; --apply does it`,
        exitCode: EXIT_FINE,
        text: todo.map((one) => `-- ${nameOf(one)}\n${one.up.trim()}`).join('\n'),
        data: todo.map(nameOf),
      }
    call.confirm(options.server.database, 'changing the schema')
    // noted first: one that fails in the middle leaves those before it, which can be taken back as well
    const id = keepVersion(call, options, versionOf(states))
    const done = await migrateUp(options, to)
    return {
      summary: `${done.length} migration(s) applied; dbops rollback to ${id} takes them back`,
      exitCode: EXIT_FINE,
      text: done.map(nameOf).join('\n'),
      data: { id, applied: done.map(nameOf) },
      audit: { journal: id, applied: done.map(nameOf) },
    }
  },
}

export const migrateDownCommand: CommandDefinition = {
  name: 'migrate down',
  summary:
    'Takes the newest migration back, or all after a version. It is rehearsed first; what would lose data is refused unless --accept-loss.',
  options: [
    ...migrationOptions,
    { flags: '--to <version>', description: 'that stands last afterwards; 0 for none (default: all but the newest)' },
    { flags: '--accept-loss', description: 'take it back although data goes with it' },
  ],
  changes: 'server',
  example: 'dbops migrate down --url postgresql://app_migrator@localhost/app --folder migrations --apply',
  async run(call) {
    const options = migrationsOf(call)
    const states = await migrationStates(options)
    const applied = states.filter(({ state }) => state === 'applied')
    const wanted = textOption(call, 'to') ?? applied.at(-2)?.version ?? '0'
    const to = /^0+$/.test(wanted) ? null : wanted
    if (toTakeBack(options.migrations, states, to).length === 0)
      return { summary: 'nothing to do', exitCode: EXIT_FINE, text: '' }
    const isLossAccepted = call.options.acceptLoss === true
    if (call.isApplied) call.confirm(options.server.database, 'taking back the schema')
    const { migrations, losses } = await migrateDown(options, to, { isLossAccepted, isRehearsal: !call.isApplied })
    return {
      summary: `${migrations.length} migration(s) ${call.isApplied ? 'taken back' : 'to take back; --apply does it'}${losses.length === 0 ? ', no data is lost' : ''}`,
      exitCode: EXIT_FINE,
      text: [...migrations.map(nameOf), ...losses.map((loss) => `loses ${loss}`)].join('\n'),
      data: { migrations: migrations.map(nameOf), losses },
      audit: { migrations: migrations.map(nameOf), losses },
    }
  },
}

export const migrateStamp: CommandDefinition = {
  name: 'migrate stamp',
  summary: 'Notes that the schema stands at a version without running anything, as for one that was made by hand.',
  arguments: [{ name: 'version', description: 'that stands last' }],
  options: migrationOptions,
  changes: 'server',
  example: 'dbops migrate stamp 7 --url postgresql://app_migrator@localhost/app --folder migrations --apply',
  async run(call) {
    const options = migrationsOf(call)
    const version = call.args[0]
    if (!call.isApplied)
      return { summary: `would note all up to ${version}; --apply does it`, exitCode: EXIT_FINE, text: '' }
    call.confirm(options.server.database, 'noting where the schema stands')
    await stampMigrations(options, version)
    return { summary: `the schema is noted to stand at ${version}`, exitCode: EXIT_FINE, text: '', audit: { version } }
  },
}
