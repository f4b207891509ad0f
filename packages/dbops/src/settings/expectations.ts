import type { Tier } from '../command/outcome.ts'

/** What a setting should be, and why. */
export interface SettingExpectation {
  readonly name: string
  readonly tier: Tier
  /** Statement-ready value that satisfies. */
  readonly recommended: string
  readonly isFine: (value: string) => boolean
  readonly reason: string
}

const is = (wanted: string) => (value: string) => value === wanted
const oneOf =
  (...wanted: string[]) =>
  (value: string) =>
    wanted.includes(value)
const positive = (value: string) => Number.parseInt(value, 10) > 0

/** Settings that security and recovery depend on, in the units of pg_settings (CIS PostgreSQL Benchmark; the server's own manual). */
export const settingExpectations: readonly SettingExpectation[] = [
  { name: 'ssl', tier: 'critical', recommended: 'on', isFine: is('on'), reason: 'sessions are encrypted' },
  {
    name: 'ssl_min_protocol_version',
    tier: 'critical',
    recommended: 'TLSv1.2',
    isFine: oneOf('TLSv1.2', 'TLSv1.3'),
    reason: 'older TLS is broken',
  },
  {
    name: 'password_encryption',
    tier: 'critical',
    recommended: 'scram-sha-256',
    isFine: is('scram-sha-256'),
    reason: 'MD5 verifiers can be replayed',
  },
  { name: 'fsync', tier: 'critical', recommended: 'on', isFine: is('on'), reason: 'a crash would corrupt the cluster' },
  {
    name: 'full_page_writes',
    tier: 'critical',
    recommended: 'on',
    isFine: is('on'),
    reason: 'torn pages could not be repaired',
  },
  { name: 'row_security', tier: 'critical', recommended: 'on', isFine: is('on'), reason: 'policies apply' },
  {
    name: 'log_connections',
    tier: 'recommended',
    recommended: 'on',
    isFine: is('on'),
    reason: 'who came in can be told',
  },
  {
    name: 'log_disconnections',
    tier: 'recommended',
    recommended: 'on',
    isFine: is('on'),
    reason: 'how long sessions last can be told',
  },
  {
    name: 'log_statement',
    tier: 'recommended',
    recommended: 'ddl',
    isFine: oneOf('ddl', 'mod'),
    reason: 'changes of the schema are recorded; all would record data',
  },
  {
    name: 'log_min_duration_statement',
    tier: 'recommended',
    recommended: '1000',
    isFine: positive,
    reason: 'slow statements are found',
  },
  {
    name: 'log_lock_waits',
    tier: 'recommended',
    recommended: 'on',
    isFine: is('on'),
    reason: 'waiting sessions are found',
  },
  {
    name: 'log_temp_files',
    tier: 'optional',
    recommended: '10240',
    isFine: (value) => Number(value) >= 0,
    reason: 'large sorts are found',
  },
  { name: 'log_checkpoints', tier: 'optional', recommended: 'on', isFine: is('on'), reason: 'writes can be tuned' },
  {
    name: 'log_line_prefix',
    tier: 'recommended',
    recommended: '%m [%p] %q%u@%d %h %a %e ',
    isFine: (value) => ['%u', '%d', '%e'].every((part) => value.includes(part)) && /%[hr]/.test(value),
    reason: 'user, database, address and SQLSTATE of each line are known',
  },
  {
    name: 'log_parameter_max_length',
    tier: 'recommended',
    recommended: '0',
    isFine: is('0'),
    reason: 'parameters, and so data, stay out of the log',
  },
  {
    name: 'log_parameter_max_length_on_error',
    tier: 'recommended',
    recommended: '0',
    isFine: is('0'),
    reason: 'parameters stay out of the log',
  },
  {
    name: 'log_error_verbosity',
    tier: 'optional',
    recommended: 'default',
    isFine: oneOf('default', 'verbose'),
    reason: 'errors can be understood',
  },
  { name: 'debug_print_plan', tier: 'optional', recommended: 'off', isFine: is('off'), reason: 'plans hold data' },
  {
    name: 'authentication_timeout',
    tier: 'recommended',
    recommended: '60',
    isFine: (value) => Number(value) <= 60,
    reason: 'half-open logins end',
  },
  {
    name: 'idle_in_transaction_session_timeout',
    tier: 'recommended',
    recommended: '600000',
    isFine: positive,
    reason: 'forgotten transactions end',
  },
  {
    name: 'superuser_reserved_connections',
    tier: 'recommended',
    recommended: '3',
    isFine: positive,
    reason: 'an administrator always gets in',
  },
  {
    name: 'unix_socket_permissions',
    tier: 'optional',
    recommended: '0770',
    isFine: (value) => !value.endsWith('7'),
    reason: 'the socket is for a group',
  },
  {
    name: 'track_activities',
    tier: 'recommended',
    recommended: 'on',
    isFine: is('on'),
    reason: 'sessions can be watched',
  },
  { name: 'track_counts', tier: 'critical', recommended: 'on', isFine: is('on'), reason: 'autovacuum needs it' },
  { name: 'track_io_timing', tier: 'optional', recommended: 'on', isFine: is('on'), reason: 'slow storage is found' },
  {
    name: 'autovacuum',
    tier: 'critical',
    recommended: 'on',
    isFine: is('on'),
    reason: 'without it the cluster stops one day',
  },
  {
    name: 'wal_level',
    tier: 'recommended',
    recommended: 'replica',
    isFine: oneOf('replica', 'logical'),
    reason: 'physical backups need it',
  },
  {
    name: 'shared_preload_libraries',
    tier: 'recommended',
    recommended: 'pg_stat_statements',
    isFine: (value) => value.includes('pg_stat_statements'),
    reason: 'slow statements can be summed up',
  },
  {
    name: 'listen_addresses',
    tier: 'recommended',
    recommended: 'localhost',
    isFine: (value) => !/\*|0\.0\.0\.0|::(?!1)/.test(value),
    reason: 'only wanted interfaces are open',
  },
  {
    name: 'data_checksums',
    tier: 'recommended',
    recommended: 'on',
    isFine: is('on'),
    reason: 'damaged pages are seen (pg_checksums --enable, server stopped)',
  },
  {
    name: 'allow_system_table_mods',
    tier: 'critical',
    recommended: 'off',
    isFine: is('off'),
    reason: 'catalogs stay whole',
  },
  {
    name: 'zero_damaged_pages',
    tier: 'critical',
    recommended: 'off',
    isFine: is('off'),
    reason: 'damage is not thrown away',
  },
  {
    name: 'ignore_checksum_failure',
    tier: 'critical',
    recommended: 'off',
    isFine: is('off'),
    reason: 'damage is not passed over',
  },
]
