import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ConnectionOptions, getCACertificates } from 'node:tls'
import { DbopsError } from '../errors.ts'
import { findHome } from '../home-folder.ts'
import type { ConnectionParameters, SslMode } from './parameters.ts'

/** What is checked of the server's certificate: nothing, its chain, or its chain and its name. */
export type CertificateCheck = 'none' | 'chain' | 'chain-and-name'

/** The files of TLS as Node wants them, and what is to be checked. */
export interface TlsSettings {
  readonly check: CertificateCheck
  readonly options: ConnectionOptions
}

/**
 * libpq's meaning of the mode: verify-ca checks the chain, verify-full the name too; the weaker ones check the chain as soon as a CA is
 * there (libpq §34.19.1).
 * @throws {DbopsError} TLS_FILE when a named file cannot be read, or when a mode needs a CA and there is none.
 */
export function tlsSettings(parameters: ConnectionParameters): TlsSettings {
  const ca = certificateAuthorities(parameters)
  const check = checkOf(parameters.sslMode, ca !== null)
  if (check !== 'none' && ca === null)
    throw new DbopsError('TLS_FILE', `sslmode ${parameters.sslMode} needs a CA certificate, and none is given`, {
      hint: 'name it with sslrootcert=FILE, or sslrootcert=system for the CAs of this machine',
    })
  const options: ConnectionOptions = { minVersion: parameters.sslMinProtocol, rejectUnauthorized: check !== 'none' }
  if (ca !== null) options.ca = ca
  const certificate = parameters.sslCert ?? existing('postgresql.crt')
  const key = parameters.sslKey ?? existing('postgresql.key')
  if (certificate !== null && key !== null) {
    options.cert = readTlsFile('sslcert', certificate)
    options.key = readTlsFile('sslkey', key)
    if (parameters.sslPassword !== null) options.passphrase = parameters.sslPassword.reveal()
  }
  const crl = parameters.sslCrl ?? existing('root.crl')
  if (crl !== null && check !== 'none') options.crl = readTlsFile('sslcrl', crl)
  return { check, options }
}

function checkOf(mode: SslMode, hasCa: boolean): CertificateCheck {
  if (mode === 'verify-full') return 'chain-and-name'
  return mode === 'verify-ca' || hasCa ? 'chain' : 'none'
}

function certificateAuthorities({ sslRootCert }: ConnectionParameters): string | string[] | null {
  if (sslRootCert === 'system') return getCACertificates('system')
  const path = sslRootCert ?? existing('root.crt')
  if (path === null) return null
  return readTlsFile('sslrootcert', path)
}

function existing(name: string): string | null {
  const path = join(findHome(process.env.HOME) ?? '/', '.postgresql', name)
  return existsSync(path) ? path : null
}

function readTlsFile(word: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new DbopsError('TLS_FILE', `${word} ${path} cannot be read (${(cause as NodeJS.ErrnoException).code})`, {
      cause,
    })
  }
}
