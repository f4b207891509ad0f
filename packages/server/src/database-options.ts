import type { SslMode } from '@pcap-analyzer/dbops'
import type { Config } from './config/config.ts'
import type { DatabaseOptions } from './db/open-database.ts'

/** How the configuration wants a database opened. */
export function databaseOptions({ values }: Config, url: string): DatabaseOptions {
  return {
    url,
    sslMode: values.DATABASE_SSL_MODE as SslMode,
    sslRootCert: values.DATABASE_SSL_ROOT_CERT,
    minSize: values.DATABASE_MIN_SIZE,
    maxSize: values.DATABASE_MAX_SIZE,
    acquireTimeoutMs: values.DATABASE_ACQUIRE_TIMEOUT_SECONDS * 1000,
    commandTimeoutMs: values.DATABASE_COMMAND_TIMEOUT_SECONDS * 1000,
  }
}
