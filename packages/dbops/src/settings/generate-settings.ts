/** The machine and its work. */
export interface ServerProfile {
  readonly memoryMb: number
  readonly cpus: number
  readonly connections: number
  readonly storage: 'ssd' | 'disk'
  readonly workload: 'web' | 'analytics'
}

/** One line of postgresql.conf, with its reason. */
export interface GeneratedSetting {
  readonly name: string
  readonly value: string
  readonly reason: string
}

/** Settings for a profile: memory in proportion, safe logging, SCRAM and TLS; starts on 64 MB as on 64 GB. */
export function generateSettings({
  memoryMb,
  cpus,
  connections,
  storage,
  workload,
}: ServerProfile): GeneratedSetting[] {
  const mb = (value: number, least: number, most: number): string =>
    `${Math.round(Math.min(most, Math.max(least, value)))}MB`
  const workMem = (memoryMb * (workload === 'analytics' ? 0.5 : 0.25)) / connections
  const parallel = Math.max(1, Math.min(8, Math.floor(cpus / 2)))
  const list: [string, string, string][] = [
    ['max_connections', String(connections), 'as many as the pools need, with the reserve'],
    ['superuser_reserved_connections', '3', 'an administrator always gets in'],
    ['shared_buffers', mb(memoryMb / 4, 8, 16_384), 'a quarter of the memory'],
    ['effective_cache_size', mb((memoryMb * 3) / 4, 16, 1 << 20), 'what the system caches too'],
    ['work_mem', mb(workMem, 1, 512), 'so that all sessions together fit'],
    ['maintenance_work_mem', mb(memoryMb / 16, 1, 2048), 'for vacuum and indexes'],
    ['wal_buffers', mb(memoryMb / 64, 1, 16), 'one WAL segment at most'],
    ['checkpoint_completion_target', '0.9', 'writes are spread'],
    ['min_wal_size', '80MB', 'segments are reused'],
    ['max_wal_size', memoryMb >= 4096 ? '4GB' : '1GB', 'checkpoints come by time, not by size'],
    ['wal_compression', 'on', 'full pages shrink'],
    ['wal_level', 'replica', 'physical backups need it'],
    ['default_statistics_target', workload === 'analytics' ? '500' : '100', 'plans need estimates'],
    ['random_page_cost', storage === 'ssd' ? '1.1' : '4', 'what a random read costs here'],
    ['effective_io_concurrency', storage === 'ssd' ? '200' : '2', 'reads ahead'],
    ['max_worker_processes', String(Math.max(8, cpus)), 'workers of all kinds'],
    ['max_parallel_workers', String(Math.max(1, cpus)), 'one a processor'],
    [
      'max_parallel_workers_per_gather',
      String(workload === 'analytics' ? parallel : Math.min(2, parallel)),
      'one query does not take all',
    ],
    ['autovacuum_max_workers', '3', 'dead rows are cleaned'],
    ['autovacuum_naptime', '1min', 'looked at each minute'],
    ['password_encryption', 'scram-sha-256', 'MD5 verifiers can be replayed'],
    ['ssl_min_protocol_version', 'TLSv1.2', 'older TLS is broken'],
    ['authentication_timeout', '60s', 'half-open logins end'],
    ['idle_in_transaction_session_timeout', '10min', 'forgotten transactions end'],
    ['log_connections', 'on', 'who came in can be told'],
    ['log_disconnections', 'on', 'how long sessions last can be told'],
    ['log_statement', 'ddl', 'changes of the schema are recorded'],
    ['log_min_duration_statement', '1000', 'slow statements are found'],
    ['log_lock_waits', 'on', 'waiting sessions are found'],
    ['log_checkpoints', 'on', 'writes can be tuned'],
    ['log_temp_files', '10MB', 'large sorts are found'],
    ['log_parameter_max_length', '0', 'data stays out of the log'],
    ['log_parameter_max_length_on_error', '0', 'data stays out of the log'],
    ['log_line_prefix', '%m [%p] %q%u@%d %h %a %e ', 'each line tells who, where from and SQLSTATE'],
    ['log_timezone', 'UTC', 'logs of several machines compare'],
    ['TimeZone', 'UTC', 'one zone everywhere'],
    ['track_io_timing', 'on', 'slow storage is found'],
    ['track_functions', 'all', 'slow functions are found'],
    ['track_activity_query_size', '4096', 'long statements are seen whole'],
    ['shared_preload_libraries', 'pg_stat_statements', 'slow statements are summed up'],
  ]
  return list.map(([name, value, reason]) => ({ name, value, reason }))
}

/** The settings as a file. */
export function formatSettings(settings: readonly GeneratedSetting[]): string {
  return settings.map(({ name, value, reason }) => `${name} = '${value.replaceAll("'", "''")}'  # ${reason}\n`).join('')
}
