import type { DetailedPeerCertificate } from 'node:tls'
import { TLSSocket } from 'node:tls'
import type { Check, Verdict } from '../command/outcome.ts'
import { connectServer, withServer } from '../connection/connect.ts'
import { openSocket } from '../connection/open-socket.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import { DbopsError } from '../errors.ts'

/** What a handshake showed of the server. */
export interface ServerTls {
  readonly protocol: string
  readonly cipher: string
  readonly subject: string
  readonly issuer: string
  readonly names: readonly string[]
  readonly serial: string
  readonly notAfter: string
  readonly daysLeft: number
  readonly keyBits: number | null
  readonly isSelfSigned: boolean
}

/** A handshake that looks at everything and trusts nothing. @throws {DbopsError} TLS_NOT_OFFERED and the like */
export async function inspectServer(parameters: ConnectionParameters, now: Date): Promise<ServerTls> {
  const looking = { ...parameters, sslMode: 'require', sslRootCert: null } as const
  const { socket } = await openSocket(looking, parameters.hosts[0], 'tls')
  try {
    if (!(socket instanceof TLSSocket)) throw new DbopsError('TLS_NOT_OFFERED', 'the server does not offer TLS')
    const certificate: DetailedPeerCertificate = socket.getPeerCertificate(true)
    return {
      protocol: socket.getProtocol() ?? 'unknown',
      cipher: socket.getCipher().name,
      subject: oneName(certificate.subject?.CN),
      issuer: oneName(certificate.issuer?.CN),
      names: (certificate.subjectaltname ?? '').split(', ').filter(Boolean),
      serial: certificate.serialNumber.toLowerCase(),
      notAfter: new Date(certificate.valid_to).toISOString(),
      daysLeft: Math.floor((Date.parse(certificate.valid_to) - now.getTime()) / 86_400_000),
      keyBits: certificate.bits ?? null,
      isSelfSigned:
        certificate.issuerCertificate === undefined ||
        certificate.fingerprint256 === certificate.issuerCertificate.fingerprint256,
    }
  } finally {
    socket.destroy()
  }
}

function oneName(name: string | string[] | undefined): string {
  return Array.isArray(name) ? name.join(' ') : (name ?? '')
}

/**
 * Judges TLS by what happens, never by what `SHOW ssl` says: a handshake, a login with every check, whether the session is encrypted in
 * pg_stat_ssl, and whether a login in clear is refused.
 */
export async function checkTls(parameters: ConnectionParameters, now: Date): Promise<Check[]> {
  const checks: Check[] = []
  const add = (
    id: string,
    title: string,
    verdict: Verdict,
    evidence: string,
    remediation?: string,
    tier: Check['tier'] = 'critical',
  ): void => {
    checks.push({
      id: `tls.${id}`,
      title,
      verdict,
      tier,
      evidence,
      ...(remediation === undefined ? {} : { remediation }),
    })
  }
  const shown = await shownSsl(parameters)
  let seen: ServerTls
  try {
    seen = await inspectServer(parameters, now)
  } catch (error) {
    const says = shown === 'on' ? ', although SHOW ssl says on' : ''
    add(
      'active',
      'the server speaks TLS',
      'fail',
      `TLS NOT ACTIVE${says}: ${(error as Error).message}`,
      'dbops tls issue, then dbops tls install --apply',
    )
    return checks
  }
  add('active', 'the server speaks TLS', 'pass', `${seen.protocol}, ${seen.cipher}`)
  add(
    'protocol',
    'TLS 1.2 or newer',
    /^TLSv1\.[23]$/.test(seen.protocol) ? 'pass' : 'fail',
    seen.protocol,
    "alter system set ssl_min_protocol_version = 'TLSv1.2'",
  )
  const age: Verdict = seen.daysLeft < 7 ? 'fail' : seen.daysLeft < 30 ? 'warn' : 'pass'
  add(
    'expiry',
    'the certificate lasts for 30 days',
    age,
    `${seen.daysLeft} days left (${seen.notAfter})`,
    'dbops tls renew --apply',
  )
  add(
    'self-signed',
    'the certificate comes from an authority',
    seen.isSelfSigned ? 'warn' : 'pass',
    `issued by ${seen.issuer}`,
    'dbops tls ca-init, then dbops tls issue',
    'recommended',
  )
  await addTrust(parameters, add)
  await addPlaintext(parameters, add)
  return checks
}

type Add = (id: string, title: string, verdict: Verdict, evidence: string, remediation?: string) => void

async function addTrust(parameters: ConnectionParameters, add: Add): Promise<void> {
  const title = 'verify-full accepts the server'
  try {
    const client = await connectServer({ ...parameters, sslMode: 'verify-full' })
    const { rows } = await client.query<{ ssl: boolean; version: string }>(
      'select ssl, version from pg_stat_ssl where pid = pg_backend_pid()',
    )
    await client.end()
    add('verify-full', title, 'pass', 'chain and name are right')
    add(
      'session',
      'the server sees the session encrypted',
      rows[0].ssl ? 'pass' : 'fail',
      rows[0].version ?? 'in clear',
      'something between ends TLS',
    )
  } catch (error) {
    const { message, code } = error as DbopsError
    if (code === 'AUTHENTICATION_FAILED')
      add('verify-full', title, 'skipped', 'the login was refused, so the session cannot be judged')
    else add('verify-full', title, 'fail', message, 'name the CA in sslrootcert, or issue a certificate for this name')
  }
}

async function addPlaintext(parameters: ConnectionParameters, add: Add): Promise<void> {
  const title = 'a login in clear is refused'
  try {
    const client = await connectServer({ ...parameters, sslMode: 'disable' })
    await client.end()
    add(
      'plaintext',
      title,
      'fail',
      'the server let a session in without TLS',
      'dbops hba generate: hostnossl all all all reject',
    )
  } catch (error) {
    const { code, message } = error as DbopsError
    const isRefused = code === 'TLS_REQUIRED' || code === 'NO_HBA_ENTRY'
    add('plaintext', title, isRefused ? 'pass' : 'skipped', message)
  }
}

/** What the setting says; null when nobody can be asked. */
async function shownSsl(parameters: ConnectionParameters): Promise<string | null> {
  try {
    return await withServer({ ...parameters, sslMode: 'prefer' }, async (client) => {
      const { rows } = await client.query<{ ssl: string }>('show ssl')
      return rows[0].ssl
    })
  } catch {
    return null
  }
}
