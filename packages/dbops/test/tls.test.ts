import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import {
  type AddressInfo,
  connect as connectNet,
  createServer as createNetServer,
  type Server,
  type Socket,
} from 'node:net'
import { join } from 'node:path'
import { connect as connectTls, createServer as createTlsServer } from 'node:tls'
import { connectServer, parseConnection, Secret } from '@pcap-analyzer/dbops'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sslModes } from '../src/connection/parameters.ts'
import { type CertificateRequest, type IssuedCertificate, issueCertificate, issueCrl } from '../src/tls/certificates.ts'
import { installCertificate } from '../src/tls/install-certificate.ts'
import { clusterOfTest } from './support/cluster.ts'
import { newCommandLine } from './support/command.ts'

const DAY_MS = 86_400_000
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS)
const { run, stateFolder, remove } = newCommandLine()
const file = (name: string) => join(stateFolder, name)
let cluster: TestCluster
let ca: IssuedCertificate
let good: IssuedCertificate

const issue = (more: Partial<CertificateRequest> = {}) =>
  issueCertificate({
    name: 'localhost',
    hosts: ['localhost', '127.0.0.1'],
    purpose: 'server',
    notBefore: inDays(-1),
    notAfter: inDays(90),
    issuer: ca,
    ...more,
  })

function serve({ certificatePem, keyPem }: IssuedCertificate): void {
  writeFileSync(join(cluster.dataFolder, 'server.crt'), certificatePem)
  const key = join(cluster.dataFolder, 'server.key')
  writeFileSync(key, keyPem.reveal(), { mode: 0o600 })
  if (cluster.owner.uid !== undefined) chownSync(key, cluster.owner.uid, cluster.owner.gid ?? 0)
  cluster.reload()
}

/** Until the server has read its files again: a new session sees this certificate. */
async function untilServed({ certificatePem }: IssuedCertificate): Promise<void> {
  const { serialNumber } = new X509Certificate(certificatePem)
  await expect.poll(servedSerial).toBe(serialNumber)
}

/** Serial number of the certificate that a session gets now. */
async function servedSerial(): Promise<string> {
  const socket = connectNet(cluster.port, '127.0.0.1')
  try {
    socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]))
    await once(socket, 'data')
    const secured = connectTls({ socket, rejectUnauthorized: false })
    await once(secured, 'secureConnect')
    return secured.getPeerCertificate().serialNumber
  } finally {
    socket.destroy()
  }
}

beforeAll(async () => {
  cluster = await startCluster({
    hba: [
      'local all all trust',
      'hostssl all certified all cert',
      'host all postgres all trust',
      'hostssl all all all scram-sha-256',
      'hostnossl all all all reject',
    ],
  })
  mkdirSync(stateFolder, { recursive: true })
  ca = await issueCertificate({
    name: 'test CA',
    hosts: [],
    purpose: 'authority',
    notBefore: inDays(-2),
    notAfter: inDays(900),
    issuer: null,
  })
  const other = await issueCertificate({
    name: 'other CA',
    hosts: [],
    purpose: 'authority',
    notBefore: inDays(-2),
    notAfter: inDays(900),
    issuer: null,
  })
  good = await issue()
  writeFileSync(file('ca.crt'), ca.certificatePem)
  writeFileSync(file('other.crt'), other.certificatePem)
  serve(good)
  cluster.sql("alter system set ssl = on; alter system set ssl_ca_file = 'ca.crt'")
  writeFileSync(join(cluster.dataFolder, 'ca.crt'), ca.certificatePem)
  cluster.sql("create role app login password 'app-password-1'; create role certified login")
  await cluster.restart()
})
afterAll(async () => {
  remove()
  await cluster.stop()
})

/** What psql says with the same words. */
function psqlAccepts(url: string): boolean {
  try {
    execFileSync(join(cluster.binaries, 'psql'), ['-X', '-q', '-c', 'select 1', url], {
      stdio: 'pipe',
      env: { PATH: process.env.PATH ?? '', HOME: stateFolder, PGPASSWORD: 'app-password-1' },
    })
    return true
  } catch {
    return false
  }
}

const outcome = (url: string): Promise<string> =>
  connectServer({ ...parseConnection(url), password: new Secret('app-password-1') }).then(
    async (client) => {
      await client.end()
      return 'ok'
    },
    (error) => error.code as string,
  )

describe('T20 the six modes', () => {
  const situations: [string, () => Promise<IssuedCertificate>, string, string][] = [
    ['good', async () => good, 'sslrootcert=ca.crt', 'ok'],
    ['wrong CA', async () => good, 'sslrootcert=other.crt', 'TLS_UNKNOWN_CA'],
    [
      'wrong host',
      () => issue({ hosts: ['elsewhere.example'], name: 'elsewhere.example' }),
      'sslrootcert=ca.crt',
      'TLS_WRONG_HOST',
    ],
    ['expired', () => issue({ notBefore: inDays(-9), notAfter: inDays(-1) }), 'sslrootcert=ca.crt', 'TLS_EXPIRED'],
    ['not yet valid', () => issue({ notBefore: inDays(3) }), 'sslrootcert=ca.crt', 'TLS_NOT_YET_VALID'],
    ['self-signed', () => issue({ issuer: null }), 'sslrootcert=ca.crt', 'TLS_SELF_SIGNED'],
    [
      'missing intermediate',
      async () =>
        issue({
          issuer: await issueCertificate({
            name: 'middle CA',
            hosts: [],
            purpose: 'authority',
            notBefore: inDays(-2),
            notAfter: inDays(90),
            issuer: ca,
          }),
        }),
      'sslrootcert=ca.crt',
      'TLS_UNKNOWN_CA',
    ],
    ['revoked', () => issue({ name: 'revoked' }), 'sslrootcert=ca.crt&sslcrl=revoked.crl', 'TLS_REVOKED'],
  ]
  it.each(situations)(
    'mean with a server that is %s what they mean to psql',
    async (_, certificate, words, failure) => {
      const served = await certificate()
      serve(served)
      if (words.includes('crl')) {
        const serial = new X509Certificate(served.certificatePem).serialNumber
        writeFileSync(file('revoked.crl'), await issueCrl(ca, [serial], inDays(-1), inDays(5)))
      }
      await untilServed(served)
      const full = words.replace(/=(\w+\.\w+)/g, (_match, name: string) => `=${encodeURIComponent(file(name))}`)
      const results: Record<string, string> = {}
      for (const mode of sslModes) {
        const url = `postgresql://app@localhost:${cluster.port}/postgres?sslmode=${mode}&${full}`
        const ours = await outcome(url)
        expect([mode, ours === 'ok'], ours).toEqual([mode, psqlAccepts(url)])
        results[mode] = ours
      }
      expect(results['verify-full']).toBe(failure)
      if (failure === 'TLS_WRONG_HOST') expect(results['verify-ca']).toBe('ok')
      expect(results.disable).toBe('TLS_REQUIRED')
      serve(good)
    },
  )
})

describe('T21 ssl = on without a certificate', () => {
  it('is told as not active although SHOW ssl says on', async () => {
    const bare = await clusterOfTest()
    bare.sql('alter system set ssl = on')
    bare.reload()
    await expect.poll(() => bare.sql('show ssl')).toBe('on')
    const checked = await run('tls', 'check', '--url', bare.url())
    expect(checked.exitCode).toBe(1)
    expect(checked.stdout).toContain('TLS NOT ACTIVE, although SHOW ssl says on')
    await bare.stop()
  })

  it('and a server that is well passes every check', async () => {
    const url = `postgresql://app@localhost:${cluster.port}/postgres?sslmode=verify-full&sslrootcert=${encodeURIComponent(file('ca.crt'))}`
    writeFileSync(file('pw'), 'app-password-1', { mode: 0o600 })
    const checked = await run('tls', 'check', '--url', url, '--password-file', file('pw'), '--format', 'json')
    expect(checked.exitCode, checked.stdout).toBe(0)
    expect(checked.json().checks.map(({ verdict }) => verdict)).not.toContain('skipped')
  })
})

/** Listens on a free port until the test is over. */
async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

describe('T22 channel binding', () => {
  const url = (port: number, more = '') =>
    `postgresql://app@localhost:${port}/postgres?sslmode=require&channel_binding=require${more}`
  it('is demanded and kept with the server itself, and fails through a proxy that ends TLS', async () => {
    expect(await outcome(url(cluster.port))).toBe('ok')
    const sockets = new Set<Socket>()
    const proxy = createNetServer((client) => {
      sockets.add(client)
      client.on('error', () => {})
      client.once('data', () => {
        client.write('S')
        const tls = createTlsServer({ cert: good.certificatePem, key: good.keyPem.reveal() })
        tls.on('secureConnection', async (plain) => {
          const upstream = connectNet(cluster.port, '127.0.0.1')
          upstream.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]))
          upstream.once('data', async () => {
            const { connect } = await import('node:tls')
            const secure = connect({ socket: upstream, rejectUnauthorized: false }, () =>
              plain.pipe(secure).pipe(plain),
            )
            secure.on('error', () => {})
          })
          plain.on('error', () => {})
        })
        tls.emit('connection', client)
      })
    })
    // another key than the server's: the binding is to the certificate that the client saw
    good = await issue({ name: 'proxy' })
    const port = await listening(proxy)
    expect(await outcome(url(port).replace('require&channel_binding=require', 'require&channel_binding=disable'))).toBe(
      'ok',
    )
    expect(await outcome(url(port))).toMatch(/CHANNEL_BINDING|AUTHENTICATION_FAILED/)
    for (const socket of sockets) socket.destroy()
    proxy.close()
  })

  it('and TLS 1.1 is refused', async () => {
    const old = createNetServer((client) => {
      client.on('error', () => {})
      client.once('data', () => {
        client.write('S')
        const tls = createTlsServer({
          cert: good.certificatePem,
          key: good.keyPem.reveal(),
          minVersion: 'TLSv1',
          maxVersion: 'TLSv1.1',
          ciphers: 'DEFAULT@SECLEVEL=0',
        })
        tls.on('tlsClientError', () => client.destroy())
        tls.emit('connection', client)
      })
    })
    const port = await listening(old)
    expect(await outcome(`postgresql://app@localhost:${port}/postgres?sslmode=require`)).toMatch(
      /TLS_PROTOCOL|CONNECTION_LOST|TLS_HANDSHAKE/,
    )
    old.close()
  })
})

describe('T23 a server without TLS, a stripping proxy, a slow handshake', () => {
  const answering = (answer: string | null) =>
    createNetServer((client) => {
      client.on('error', () => {})
      client.once('data', () => {
        if (answer !== null) client.write(answer)
      })
    })
  it.each([
    ['answers N', 'N', 'TLS_NOT_OFFERED'],
    ['sends more in clear with its answer', 'SEVIL', 'TLS_HANDSHAKE'],
    ['answers with an error', 'E', 'TLS_HANDSHAKE'],
    ['says nothing', null, 'CONNECTION_TIMEOUT'],
    ['starts the handshake and stops', 'S', 'CONNECTION_TIMEOUT'],
  ])('that %s is never spoken to in clear', async (_, answer, code) => {
    const server = answering(answer)
    const port = await listening(server)
    for (const mode of ['require', 'verify-full'])
      expect(
        await outcome(
          `postgresql://app@localhost:${port}/postgres?sslmode=${mode}&connect_timeout=${code === 'CONNECTION_TIMEOUT' ? 1 : 60}&sslrootcert=${encodeURIComponent(file('ca.crt'))}`,
        ),
      ).toBe(code)
    server.close()
  })
})

describe('T24 renewal', () => {
  it('under load fails no transaction and shows the new serial; a broken pair brings the old back', async () => {
    good = await issue()
    serve(good)
    const admin = parseConnection(`postgresql://postgres@localhost:${cluster.port}/postgres?sslmode=require`)
    const tally = { fine: 0, failed: 0 }
    let isOver = false
    const load = Array.from({ length: 3 }, async () => {
      while (!isOver) {
        const result = await outcome(
          `postgresql://app@localhost:${cluster.port}/postgres?sslmode=verify-full&sslrootcert=${encodeURIComponent(file('ca.crt'))}`,
        )
        if (result === 'ok') tally.fine++
        else tally.failed++
      }
    })
    for (let count = 0; count < 5; count++) {
      const fresh = await issue()
      const { serial, replaced } = await installCertificate({
        server: admin,
        ...fresh,
        host: 'localhost',
        now: new Date(),
      })
      expect(serial).not.toBe(replaced)
    }
    await expect.poll(() => tally.fine).toBeGreaterThan(10)
    isOver = true
    await Promise.all(load)
    expect(tally).toMatchObject({ failed: 0 })
    const before = readFileSync(join(cluster.dataFolder, 'server.crt'), 'utf8')
    const [one, two] = [await issue(), await issue()]
    await expect(
      installCertificate({
        server: admin,
        certificatePem: one.certificatePem,
        keyPem: two.keyPem,
        host: null,
        now: new Date(),
      }),
    ).rejects.toMatchObject({ code: 'REFUSED' })
    // a chain that the server itself cannot load
    const broken = `${one.certificatePem}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`
    await expect(
      installCertificate({ server: admin, certificatePem: broken, keyPem: one.keyPem, host: null, now: new Date() }),
    ).rejects.toMatchObject({ code: 'INTEGRITY' })
    expect(readFileSync(join(cluster.dataFolder, 'server.crt'), 'utf8')).toBe(before)
    expect(
      await outcome(
        `postgresql://app@localhost:${cluster.port}/postgres?sslmode=verify-full&sslrootcert=${encodeURIComponent(file('ca.crt'))}`,
      ),
    ).toBe('ok')
  })
})

describe('T25 a key that others may read', () => {
  it('is found before the server refuses to start with it', async () => {
    const key = join(cluster.dataFolder, 'server.key')
    chmodSync(key, 0o644)
    const { privateKeyProblem } = await import('../src/tls/key-file.ts')
    expect(privateKeyProblem(key)).toMatch(/may be read by others.*chmod 600/)
    chmodSync(key, 0o600)
    expect(privateKeyProblem(key)).toBeNull()
  })
})

describe('T26 client certificates', () => {
  it('let the right role in, and nobody without one or with another name', async () => {
    for (const name of ['certified', 'somebody']) {
      const pair = await issue({ name, hosts: [], purpose: 'client' })
      writeFileSync(file(`${name}.crt`), pair.certificatePem)
      writeFileSync(file(`${name}.key`), pair.keyPem.reveal(), { mode: 0o600 })
    }
    const url = (name: string | null) =>
      `postgresql://certified@localhost:${cluster.port}/postgres?sslmode=require${name === null ? '' : `&sslcert=${encodeURIComponent(file(`${name}.crt`))}&sslkey=${encodeURIComponent(file(`${name}.key`))}`}`
    expect(await outcome(url('certified'))).toBe('ok')
    expect(await outcome(url(null))).toBe('TLS_CLIENT_CERTIFICATE')
    expect(await outcome(url('somebody'))).toMatch(/TLS_CLIENT_CERTIFICATE|AUTHENTICATION_FAILED/)
    rmSync(file('somebody.key'))
    expect(await outcome(url('somebody'))).toBe('TLS_FILE')
  })
})

describe('T20 tls modes', () => {
  it('says of each mode what it promises and what became of it', async () => {
    const modes = async (query: string) => {
      const ran = await run(
        'tls',
        'modes',
        '--url',
        `postgresql://postgres@localhost:${cluster.port}/postgres${query}`,
        '--format',
        'json',
      )
      const data = ran.json().data as { mode: string; outcome: string; isIn: boolean }[]
      return Object.fromEntries(data.map(({ mode, outcome, isIn }) => [mode, isIn ? outcome : outcome.split(':')[0]]))
    }
    expect(await modes(`?sslrootcert=${encodeURIComponent(file('ca.crt'))}`)).toEqual({
      disable: 'gets in, in clear',
      allow: 'gets in, in clear',
      prefer: 'gets in over TLSv1.3',
      require: 'gets in over TLSv1.3',
      'verify-ca': 'gets in over TLSv1.3',
      'verify-full': 'gets in over TLSv1.3',
    })
    expect(await modes(`?sslrootcert=${encodeURIComponent(file('other.crt'))}`)).toMatchObject({
      // a CA that is named counts in every mode, and this one then goes on without TLS
      prefer: 'gets in, in clear',
      'verify-full': 'refused, TLS_UNKNOWN_CA',
    })
  })
})
