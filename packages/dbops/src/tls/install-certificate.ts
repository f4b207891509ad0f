import { X509Certificate } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { withServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import { DbopsError } from '../errors.ts'
import { Secret } from '../secret.ts'
import { type IssuedCertificate, pairProblem } from './certificates.ts'
import { inspectServer } from './inspect-server.ts'

export interface InstallOptions {
  /** A superuser's session on the machine of the server; the files are placed here. */
  readonly server: ConnectionParameters
  /** Certificate, with intermediates after it. */
  readonly certificatePem: string
  readonly keyPem: Secret
  /** Name that clients use; null skips that check. */
  readonly host: string | null
  readonly now: Date
}

interface TlsFiles {
  readonly certificate: string
  readonly key: string
  readonly isOn: boolean
}

/**
 * Puts a new pair in place without a restart: validate, keep the old, place, reload, prove the new serial number by a handshake; whatever
 * fails brings the old files back. Sessions go on all the time.
 * @throws {DbopsError} REFUSED for a pair that cannot serve, INTEGRITY when the server did not take it (and has the old one again)
 */
export async function installCertificate(
  options: InstallOptions,
): Promise<{ serial: string; replaced: string | null; before: IssuedCertificate | null }> {
  const { server, certificatePem, keyPem, host, now } = options
  const problem = pairProblem(certificatePem, keyPem, host, now)
  if (problem !== null) throw new DbopsError('REFUSED', problem)
  const serial = new X509Certificate(certificatePem).serialNumber.toLowerCase()
  const files = await tlsFiles(server)
  const replaced = existsSync(files.certificate)
    ? new X509Certificate(readFileSync(files.certificate)).serialNumber.toLowerCase()
    : null
  const before =
    existsSync(files.certificate) && existsSync(files.key)
      ? {
          certificatePem: readFileSync(files.certificate, 'utf8'),
          keyPem: new Secret(readFileSync(files.key, 'utf8')),
        }
      : null
  const kept = keep(files)
  try {
    place(files.certificate, certificatePem, 0o644)
    place(files.key, keyPem.reveal(), 0o600)
    await withServer(server, async (client) => {
      if (!files.isOn) await client.query('alter system set ssl = on')
      await client.query('select pg_reload_conf()')
    })
    await untilSerial(server, serial, now)
    for (const path of kept.values()) rmSync(path, { force: true })
    return { serial, replaced, before }
  } catch (error) {
    for (const [path, copy] of kept) renameSync(copy, path)
    await withServer(server, async (client) => {
      if (!files.isOn) await client.query('alter system reset ssl')
      await client.query('select pg_reload_conf()')
    })
    throw new DbopsError(
      'INTEGRITY',
      `the server did not take the certificate, the old one is back: ${(error as Error).message}`,
      { cause: error },
    )
  }
}

/** Where the server reads its pair from; needs the server's file system. */
export async function tlsFiles(server: ConnectionParameters): Promise<TlsFiles> {
  return await withServer(server, async (client) => {
    const { rows } = await client.query<{ folder: string; certificate: string; key: string; ssl: string }>(
      "select current_setting('data_directory') as folder, current_setting('ssl_cert_file') as certificate, current_setting('ssl_key_file') as key, current_setting('ssl') as ssl",
    )
    const [{ folder, certificate, key, ssl }] = rows
    if (!existsSync(folder))
      throw new DbopsError('REFUSED', `the folder ${folder} of the server is not on this machine`, {
        hint: 'run it where the server runs',
      })
    const absolute = (path: string): string => (isAbsolute(path) ? path : join(folder, path))
    return { certificate: absolute(certificate), key: absolute(key), isOn: ssl === 'on' }
  })
}

function keep({ certificate, key }: TlsFiles): Map<string, string> {
  const kept = new Map<string, string>()
  for (const path of [certificate, key]) {
    if (!existsSync(path)) continue
    const copy = `${path}.dbops-before`
    copyFileSync(path, copy)
    const { uid, gid, mode } = statSync(path)
    chmodSync(copy, mode & 0o777)
    chownSync(copy, uid, gid)
    kept.set(path, copy)
  }
  return kept
}

/** Written beside and renamed, with the owner of the folder: the server never sees half a file. */
function place(path: string, content: string, mode: number): void {
  const draft = `${path}.dbops-new`
  writeFileSync(draft, content, { mode, flag: 'w' })
  chmodSync(draft, mode)
  const { uid, gid } = statSync(join(path, '..'))
  chownSync(draft, uid, gid)
  renameSync(draft, path)
}

async function untilSerial(server: ConnectionParameters, serial: string, now: Date): Promise<void> {
  let last = 'no handshake succeeded'
  for (let tries = 0; tries < 40; tries++) {
    try {
      const seen = await inspectServer(server, now)
      if (seen.serial === serial) return
      last = `the server still shows serial ${seen.serial}`
    } catch (error) {
      last = (error as Error).message
    }
    await setTimeout(50)
  }
  throw new DbopsError('INTEGRITY', last)
}
