import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Call, type CommandDefinition, listOption, textOption } from '../command/command.ts'
import { choiceOption, numberOption, requiredOption } from '../command/option-reading.ts'
import { judged, type Outcome } from '../command/outcome.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { Secret } from '../secret.ts'
import { atomicWrite } from '../state/atomic-write.ts'
import { writeNewFile } from '../state/new-file.ts'
import type { IssuedCertificate } from '../tls/certificates.ts'
import { checkTls } from '../tls/inspect-server.ts'
import { deletePairs, dispensablePairs, keptPairs } from '../tls/kept-pairs.ts'
import { keepPair } from './kept-before.ts'

const DAY_MS = 86_400_000
const caOption = { flags: '--ca <folder>', description: 'folder of the authority (ca.crt, ca.key)' } as const

export const tlsCheck: CommandDefinition = {
  name: 'tls check',
  summary: 'Judges TLS by handshakes and logins, not by what the settings say.',
  options: [],
  changes: 'nothing',
  isPerTarget: true,
  example: 'dbops tls check --url "postgresql://app@db.example/app?sslmode=verify-full&sslrootcert=ca.crt"',
  async run(call) {
    const checks = await checkTls(call.target(), call.now())
    const failed = checks.filter(({ verdict }) => verdict === 'fail').length
    return judged(failed === 0 ? 'TLS holds' : `${failed} check(s) of TLS failed`, checks)
  },
}

export const tlsCaInit: CommandDefinition = {
  name: 'tls ca-init',
  summary: 'Makes a certificate authority of your own; never overwrites one.',
  options: [
    caOption,
    { flags: '--name <name>', description: 'its name (default: dbops CA)' },
    { flags: '--days <days>', description: 'how long it lasts (default: 3650)' },
  ],
  changes: 'files',
  example: 'dbops tls ca-init --ca ./ca',
  async run(call) {
    const folder = requiredOption(call, 'ca', '--ca')
    const { issueCertificate } = await import('../tls/certificates.ts')
    const issued = await issueCertificate({
      name: textOption(call, 'name') ?? 'dbops CA',
      hosts: [],
      purpose: 'authority',
      ...lifetime(call, 3650),
      issuer: null,
    })
    save(folder, 'ca', issued)
    return {
      summary: `made ${join(folder, 'ca.crt')}`,
      exitCode: EXIT_FINE,
      text: '',
      data: { certificate: join(folder, 'ca.crt') },
    }
  },
}

export const tlsIssue: CommandDefinition = {
  name: 'tls issue',
  summary: 'Issues a server or client certificate from your own authority.',
  options: [
    caOption,
    { flags: '--to <folder>', description: 'folder for the new pair' },
    { flags: '--name <name>', description: 'common name; for a client the role' },
    {
      flags: '--host <host>',
      description: 'name or address of a server; may be given several times',
      isRepeatable: true,
    },
    { flags: '--purpose <purpose>', description: 'server or client (default: server)' },
    { flags: '--days <days>', description: 'how long it lasts (default: 365)' },
  ],
  changes: 'files',
  example: 'dbops tls issue --ca ./ca --to ./server --name db.example --host db.example --host 10.0.0.5',
  async run(call) {
    const purpose = choiceOption(call, 'purpose', ['server', 'client'], 'server')
    const hosts = listOption(call, 'host')
    if (purpose === 'server' && hosts.length === 0) throw new DbopsError('USAGE', 'a server certificate needs --host')
    const to = requiredOption(call, 'to', '--to')
    const { issueCertificate } = await import('../tls/certificates.ts')
    const issuer = load(requiredOption(call, 'ca', '--ca'), 'ca')
    const issued = await issueCertificate({
      name: requiredOption(call, 'name', '--name'),
      hosts,
      purpose,
      ...lifetime(call, 365),
      issuer,
    })
    save(to, purpose, issued)
    return {
      summary: `made ${join(to, `${purpose}.crt`)}`,
      exitCode: EXIT_FINE,
      text: '',
      data: { certificate: join(to, `${purpose}.crt`) },
    }
  },
}

export const tlsCrl: CommandDefinition = {
  name: 'tls crl',
  summary: 'Writes the list of revoked certificates of your own authority.',
  options: [
    caOption,
    { flags: '--serial <hex>', description: 'a revoked serial number; may be given several times', isRepeatable: true },
    { flags: '--days <days>', description: 'until the next list (default: 30)' },
  ],
  changes: 'files',
  example: 'dbops tls crl --ca ./ca --serial 4f2a',
  async run(call) {
    const folder = requiredOption(call, 'ca', '--ca')
    const { issueCrl } = await import('../tls/certificates.ts')
    const known = join(folder, 'revoked')
    const before = existsSync(known) ? readFileSync(known, 'utf8').split('\n').filter(Boolean) : []
    const serials = [...new Set([...before, ...listOption(call, 'serial').map((serial) => serial.toLowerCase())])]
    const { notBefore, notAfter } = lifetime(call, 30)
    atomicWrite(known, serials.map((serial) => `${serial}\n`).join(''))
    atomicWrite(join(folder, 'ca.crl'), await issueCrl(load(folder, 'ca'), serials, notBefore, notAfter), 0o644)
    return {
      summary: `${serials.length} serial number(s) revoked in ${join(folder, 'ca.crl')}`,
      exitCode: EXIT_FINE,
      text: '',
    }
  },
}

const installOptions = [
  { flags: '--from <folder>', description: 'folder with server.crt and server.key' },
  { flags: '--host <host>', description: 'name that clients use, which must be in the certificate' },
] as const

export const tlsInstall: CommandDefinition = {
  name: 'tls install',
  summary: 'Puts a pair in place by reload, proves the new serial by a handshake, or brings the old one back.',
  options: installOptions,
  changes: 'server',
  example: 'dbops tls install --from ./server --host db.example --url postgresql://postgres@localhost/postgres --apply',
  async run(call) {
    const pair = load(requiredOption(call, 'from', '--from'), 'server')
    const server = call.target()
    const host = textOption(call, 'host')
    const { pairProblem } = await import('../tls/certificates.ts')
    const problem = pairProblem(pair.certificatePem, pair.keyPem, host, call.now())
    if (problem !== null) throw new DbopsError('REFUSED', problem)
    if (!call.isApplied) return { summary: 'the pair can serve; --apply installs it', exitCode: EXIT_FINE, text: '' }
    const { installCertificate } = await import('../tls/install-certificate.ts')
    return installed(call, await installCertificate({ server, ...pair, host, now: call.now() }))
  },
}

export const tlsRenew: CommandDefinition = {
  name: 'tls renew',
  summary: 'Issues a new server certificate from your own authority and installs it, without a failed connection.',
  options: [
    ...installOptions.slice(1),
    caOption,
    { flags: '--days <days>', description: 'how long it lasts (default: 365)' },
  ],
  changes: 'server',
  example: 'dbops tls renew --ca ./ca --host db.example --url postgresql://postgres@localhost/postgres --apply',
  async run(call) {
    const host = requiredOption(call, 'host', '--host')
    const issuer = load(requiredOption(call, 'ca', '--ca'), 'ca')
    const server = call.target()
    if (!call.isApplied)
      return {
        summary: `would issue and install a certificate for ${host}; --apply does it`,
        exitCode: EXIT_FINE,
        text: '',
      }
    const { issueCertificate } = await import('../tls/certificates.ts')
    const { installCertificate } = await import('../tls/install-certificate.ts')
    const hosts = [
      ...new Set([host, ...server.hosts.map((place) => place.host).filter((name) => !name.startsWith('/'))]),
    ]
    const pair = await issueCertificate({ name: host, hosts, purpose: 'server', ...lifetime(call, 365), issuer })
    return installed(call, await installCertificate({ server, ...pair, host, now: call.now() }))
  },
}

function installed(
  call: Call,
  { serial, replaced, before }: { serial: string; replaced: string | null; before: IssuedCertificate | null },
): Outcome {
  const id = before === null ? null : keepPair(call, before)
  deletePairs(dispensablePairs(keptPairs(call.stateFolder), { now: call.now() }))
  const wayBack = id === null ? '' : `; dbops rollback to ${id} brings the old one back`
  return {
    summary: `the server shows serial ${serial}${replaced === null ? '' : ` instead of ${replaced}`}${wayBack}`,
    exitCode: EXIT_FINE,
    text: '',
    data: { serial, replaced, id },
  }
}

function lifetime(call: Call, days: number): { notBefore: Date; notAfter: Date } {
  const nowMs = call.now().getTime()
  // an hour for clocks that are behind
  return {
    notBefore: new Date(nowMs - 3_600_000),
    notAfter: new Date(nowMs + numberOption(call, 'days', days, 1, 36_500) * DAY_MS),
  }
}

function load(folder: string, name: string): IssuedCertificate {
  try {
    return {
      certificatePem: readFileSync(join(folder, `${name}.crt`), 'utf8'),
      keyPem: new Secret(readFileSync(join(folder, `${name}.key`), 'utf8')),
    }
  } catch (cause) {
    throw new DbopsError('TLS_FILE', `${(cause as NodeJS.ErrnoException).path} cannot be read`, { cause })
  }
}

function save(folder: string, name: string, { certificatePem, keyPem }: IssuedCertificate): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const ending of ['crt', 'key']) {
    const path = join(folder, `${name}.${ending}`)
    if (existsSync(path)) throw new DbopsError('REFUSED', `${path} exists and is not overwritten`)
  }
  writeNewFile(join(folder, `${name}.key`), keyPem.reveal())
  writeNewFile(join(folder, `${name}.crt`), certificatePem, 0o644)
}
