import { type CommandDefinition, listOption } from '../command/command.ts'
import { choiceOption, numberOption } from '../command/option-reading.ts'
import { judged } from '../command/outcome.ts'
import { withServer } from '../connection/connect.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINDINGS, EXIT_FINE } from '../exit-codes.ts'
import { capacityOf } from '../settings/capacity.ts'
import { refusedClientOptions } from '../settings/client-options.ts'
import { formatSettings, generateSettings } from '../settings/generate-settings.ts'
import { generatedKind, managedInstructions } from '../settings/managed-settings.ts'
import { auditSettings } from '../settings/settings-audit.ts'
import { instructed, managedOptions, namedPlace } from './managed-place.ts'

export const confGenerate: CommandDefinition = {
  name: 'conf generate',
  summary:
    'Writes settings for a machine and its work, each with its reason; for a managed service as commands of its own tool.',
  options: [
    { flags: '--memory-mb <mb>', description: 'memory of the machine (default: 1024)' },
    { flags: '--cpus <count>', description: 'processors (default: 2)' },
    { flags: '--connections <count>', description: 'max_connections (default: 100)' },
    { flags: '--storage <kind>', description: 'ssd or disk (default: ssd)' },
    { flags: '--workload <kind>', description: 'web or analytics (default: web)' },
    ...managedOptions,
  ],
  changes: 'nothing',
  example: 'dbops conf generate --memory-mb 4096 --cpus 4 --connections 100',
  run(call) {
    const settings = generateSettings({
      memoryMb: numberOption(call, 'memoryMb', 1024, 64),
      cpus: numberOption(call, 'cpus', 2, 1, 1024),
      connections: numberOption(call, 'connections', 100, 5, 10_000),
      storage: choiceOption(call, 'storage', ['ssd', 'disk'], 'ssd'),
      workload: choiceOption(call, 'workload', ['web', 'analytics'], 'web'),
    })
    const place = namedPlace(call)
    if (place !== null) {
      const wanted = settings.map(({ name, value }) => [name, value] as const)
      return instructed(place, managedInstructions(place, wanted, generatedKind))
    }
    return {
      summary: '# made by dbops conf generate',
      exitCode: EXIT_FINE,
      text: formatSettings(settings).trimEnd(),
      data: settings,
    }
  },
}

export const confAudit: CommandDefinition = {
  name: 'conf audit',
  summary: 'Compares what the server uses with what it should, and finds what waits for a restart.',
  options: [],
  changes: 'nothing',
  isPerTarget: true,
  example: 'dbops conf audit --url postgresql://postgres@localhost/postgres',
  async run(call) {
    const checks = await withServer(call.target(), auditSettings)
    const failed = checks.filter(({ verdict }) => verdict === 'fail').length
    return judged(failed === 0 ? 'the settings hold' : `${failed} setting(s) are not as they should be`, checks)
  },
}

export const confCapacity: CommandDefinition = {
  name: 'conf capacity',
  summary: 'Tells whether all pools together fit the server, and the largest pool that does.',
  options: [
    {
      flags: '--pool <instances,workers,size,overflow>',
      description: 'processes with pools; may be given several times',
      isRepeatable: true,
    },
    { flags: '--jobs <count>', description: 'further sessions (default: 0)' },
  ],
  changes: 'nothing',
  isPerTarget: true,
  example: 'dbops conf capacity --pool 1,4,40,60 --url postgresql://app@localhost/app',
  async run(call) {
    const users = listOption(call, 'pool').map((text) => {
      const numbers = text.split(',').map(Number)
      if (numbers.length !== 4 || numbers.some((number) => !Number.isInteger(number) || number < 0))
        throw new DbopsError('USAGE', `--pool "${text}" is not instances,workers,size,overflow`)
      const [instances, workers, poolSize, overflow] = numbers
      return { instances, workers, poolSize, overflow }
    })
    const server = await withServer(call.target(), async (client) => {
      const { rows } = await client.query<{ maxConnections: number; reserved: number; roleLimit: number }>(
        `select current_setting('max_connections')::int as "maxConnections", current_setting('superuser_reserved_connections')::int as reserved,
          rolconnlimit as "roleLimit" from pg_roles where rolname = current_user`,
      )
      return rows[0]
    })
    const capacity = capacityOf(users, { ...server, jobs: numberOption(call, 'jobs', 0) })
    return {
      summary: `${capacity.demanded} of ${capacity.available} sessions; the largest pool with overflow that fits is ${capacity.safePool} per worker`,
      exitCode: capacity.fits ? EXIT_FINE : EXIT_FINDINGS,
      text: '',
      data: capacity,
    }
  },
}

export const confClientOptions: CommandDefinition = {
  name: 'conf client-options',
  summary: 'Finds settings that a client sends at connect and the server would refuse.',
  arguments: [{ name: 'names', description: 'settings the client sends', isVariadic: true }],
  options: [],
  changes: 'nothing',
  isPerTarget: true,
  example: 'dbops conf client-options statement_timeout wal_buffers --url postgresql://app@localhost/app',
  async run(call) {
    const refused = await withServer(call.target(), (client) => refusedClientOptions(client, call.args))
    return {
      summary: refused.length === 0 ? 'the server takes them all' : `${refused.length} would end the connection`,
      exitCode: refused.length === 0 ? EXIT_FINE : EXIT_FINDINGS,
      text: refused.map(({ name, reason }) => `${name} ${reason}`).join('\n'),
      data: refused,
    }
  },
}
