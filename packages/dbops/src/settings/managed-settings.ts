import type { ManagedService } from '../connection/managed-service.ts'
import { DbopsError } from '../errors.ts'

/** What a server says of a setting: the unit of its numbers, and whether it counts only after a restart. */
export interface SettingKind {
  /** As `pg_settings.unit`: kB, 8kB, MB, ms, s or min; null for none. */
  readonly unit: string | null
  readonly needsRestart: boolean
}

/** Commands of a service's own tool that do what ALTER SYSTEM may not. */
export interface ManagedInstructions {
  readonly commands: readonly string[]
  /** What the service decides itself, and what is to be known before the commands are run. */
  readonly notes: readonly string[]
}

/** Where the service keeps the settings: a parameter group, an instance or a server. */
export interface ManagedPlace {
  readonly service: ManagedService
  /** Null leaves a word to be replaced. */
  readonly group: string | null
}

/** Files, addresses, durability and the archive belong to the service. */
const ownedByService =
  /^(listen_addresses|port|data_directory|config_file|hba_file|ident_file|unix_socket_\w+|ssl_(cert|key|ca|crl)_file|archive_\w+|restore_command|logging_collector|log_directory|log_destination|fsync|full_page_writes|superuser_reserved_connections|wal_level)$/

const forTls: Readonly<Record<ManagedService, string>> = {
  rds: 'ssl is always on; rds.force_ssl=1 in the group refuses plaintext',
  aurora: 'ssl is always on; rds.force_ssl=1 in the cluster group refuses plaintext',
  'cloud-sql': 'ssl is always on; gcloud sql instances patch INSTANCE --ssl-mode=ENCRYPTED_ONLY refuses plaintext',
  azure: 'ssl is always on; the parameter require_secure_transport=on refuses plaintext',
}

/** Says how a service sets what is wanted. Numbers are in the unit of the server, as the tools of the services take them. */
export function managedInstructions(
  place: ManagedPlace,
  wanted: readonly (readonly [name: string, value: string])[],
  kindOf: (name: string) => SettingKind,
): ManagedInstructions {
  const { service } = place
  const owned = wanted.filter(([name]) => ownedByService.test(name)).map(([name]) => name)
  const tls = wanted.some(([name]) => name === 'ssl') ? [forTls[service]] : []
  const settable = wanted
    .filter(([name]) => name !== 'ssl' && !owned.includes(name))
    .map(([name, value]) => ({ name, value: inUnit(value, kindOf(name).unit), ...kindOf(name) }))
  const restarts = settable.filter(({ needsRestart }) => needsRestart).map(({ name }) => name)
  return {
    commands: settable.length === 0 ? [] : commandsOf[service](place.group, settable),
    notes: [
      ...(owned.length === 0 ? [] : [`the service decides itself about ${owned.join(', ')}`]),
      ...tls,
      ...(restarts.length === 0 ? [] : [`${restarts.join(', ')} count(s) after a restart by the service`]),
      ...(service === 'cloud-sql' && settable.length > 0
        ? ['the flags replace all that the instance has: add those of gcloud sql instances describe']
        : []),
    ],
  }
}

interface Settable {
  readonly name: string
  readonly value: string
  readonly needsRestart: boolean
}

/** As many as one call of the API takes. */
const MOST_RDS_PARAMETERS = 20

const commandsOf: Readonly<Record<ManagedService, (group: string | null, settings: readonly Settable[]) => string[]>> =
  {
    rds: (group, settings) => rds('modify-db-parameter-group --db-parameter-group-name', group, settings),
    aurora: (group, settings) =>
      rds('modify-db-cluster-parameter-group --db-cluster-parameter-group-name', group, settings),
    'cloud-sql': (group, settings) => {
      const flags = settings.map(({ name, value }) => `${name}=${value}`)
      // gcloud splits at commas; another separator is told to it by its own escape
      const isListed = flags.some((flag) => flag.includes(','))
      const list = isListed ? `^~^${flags.join('~')}` : flags.join(',')
      return [`gcloud sql instances patch ${group ?? 'INSTANCE'} --database-flags=${shellWord(list)}`]
    },
    azure: (group, settings) =>
      settings.map(
        ({ name, value }) =>
          `az postgres flexible-server parameter set --resource-group RESOURCE_GROUP --server-name ${group ?? 'SERVER'} --name ${name} --value ${shellWord(value)}`,
      ),
  }

function rds(verb: string, group: string | null, settings: readonly Settable[]): string[] {
  const commands: string[] = []
  for (let at = 0; at < settings.length; at += MOST_RDS_PARAMETERS) {
    const parameters = settings.slice(at, at + MOST_RDS_PARAMETERS).map(({ name, value, needsRestart }) => ({
      ParameterName: name,
      ParameterValue: value,
      ApplyMethod: needsRestart ? 'pending-reboot' : 'immediate',
    }))
    commands.push(`aws rds ${verb} ${group ?? 'GROUP'} --parameters ${shellWord(JSON.stringify(parameters))}`)
  }
  return commands
}

function shellWord(text: string): string {
  return /^[\w./:=@+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

const bytes: Readonly<Record<string, number>> = { B: 1, kB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4 }
const milliseconds: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 }

/** `256MB` of a setting that counts in 8 kB is 32768; what has no unit stays. @throws {DbopsError} USAGE for a unit of another kind */
export function inUnit(value: string, unit: string | null): string {
  const [, number, given] = /^(-?\d+(?:\.\d+)?)\s*(B|kB|MB|GB|TB|ms|s|min|h|d)$/.exec(value) ?? []
  if (number === undefined || unit === null) return value
  const [, count = '', own = ''] = /^(\d*)(\w+)$/.exec(unit) ?? []
  const scale = [bytes, milliseconds].find((one) => own in one && given in one)
  if (scale === undefined) throw new DbopsError('USAGE', `"${value}" cannot be counted in ${unit}`)
  return String(Math.round((Number(number) * scale[given]) / (scale[own] * Number(count || 1))))
}

/** What is known without a server of the settings that `conf generate` writes. */
export function generatedKind(name: string): SettingKind {
  const units: Readonly<Record<string, string>> = {
    shared_buffers: '8kB',
    effective_cache_size: '8kB',
    wal_buffers: '8kB',
    work_mem: 'kB',
    maintenance_work_mem: 'kB',
    log_temp_files: 'kB',
    min_wal_size: 'MB',
    max_wal_size: 'MB',
    autovacuum_naptime: 's',
    authentication_timeout: 's',
    idle_in_transaction_session_timeout: 'ms',
    log_min_duration_statement: 'ms',
  }
  const afterRestart =
    /^(max_connections|superuser_reserved_connections|shared_buffers|wal_buffers|wal_level|max_worker_processes|autovacuum_max_workers|shared_preload_libraries|track_activity_query_size)$/
  return { unit: units[name] ?? null, needsRestart: afterRestart.test(name) }
}
