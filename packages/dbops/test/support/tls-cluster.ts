import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { chownSync, writeFileSync } from 'node:fs'
import { connect as connectNet } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { connectServer, parseConnection, Secret } from '@pcap-analyzer/dbops'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, expect } from 'vitest'
import { type CertificateRequest, type IssuedCertificate, issueCertificate } from '../../src/tls/certificates.ts'
import { newCommandLine } from './command.ts'

const DAY_MS = 86_400_000
const PASSWORD = 'app-password-1'

export const inDays = (days: number) => new Date(Date.now() + days * DAY_MS)

/** A cluster with TLS and an authority of its own, for a file of tests; `app` logs in by password, `certified` by certificate. */
export interface TlsCluster {
  readonly cluster: TestCluster
  readonly ca: IssuedCertificate
  /** The pair that the server had at first. */
  readonly good: IssuedCertificate
  readonly run: ReturnType<typeof newCommandLine>['run']
  /** A file of the tests; `ca.crt` and `other.crt` are there. */
  file(name: string): string
  /** The same in a URL. */
  inUrl(name: string): string
  issue(more?: Partial<CertificateRequest>): Promise<IssuedCertificate>
  /** Gives the server this pair. */
  serve(pair: IssuedCertificate): void
  /** Until the server has read its files again: a new session sees this certificate. */
  untilServed(pair: IssuedCertificate): Promise<void>
  /** What psql says with the same words. */
  psqlAccepts(url: string): boolean
  /** `ok`, or the code of the failure. */
  outcome(url: string): Promise<string>
}

export function tlsCluster(): TlsCluster {
  const { run, stateFolder, remove } = newCommandLine()
  const file = (name: string) => join(stateFolder, name)
  const authority = (name: string) =>
    issueCertificate({
      name,
      hosts: [],
      purpose: 'authority',
      notBefore: inDays(-2),
      notAfter: inDays(900),
      issuer: null,
    })
  const place = {
    run,
    file,
    inUrl: (name: string) => encodeURIComponent(file(name)),
    issue: (more: Partial<CertificateRequest> = {}) =>
      issueCertificate({
        name: 'localhost',
        hosts: ['localhost', '127.0.0.1'],
        purpose: 'server',
        notBefore: inDays(-1),
        notAfter: inDays(90),
        issuer: place.ca,
        ...more,
      }),
    serve({ certificatePem, keyPem }: IssuedCertificate) {
      const { cluster } = place
      writeFileSync(join(cluster.dataFolder, 'server.crt'), certificatePem)
      const key = join(cluster.dataFolder, 'server.key')
      writeFileSync(key, keyPem.reveal(), { mode: 0o600 })
      if (cluster.owner.uid !== undefined) chownSync(key, cluster.owner.uid, cluster.owner.gid ?? 0)
      cluster.reload()
    },
    async untilServed({ certificatePem }: IssuedCertificate) {
      const { serialNumber } = new X509Certificate(certificatePem)
      await expect.poll(() => servedSerial(place.cluster.port)).toBe(serialNumber)
    },
    psqlAccepts(url: string) {
      try {
        execFileSync(join(place.cluster.binaries, 'psql'), ['-X', '-q', '-c', 'select 1', url], {
          stdio: 'pipe',
          env: { PATH: process.env.PATH ?? '', HOME: stateFolder, PGPASSWORD: PASSWORD },
        })
        return true
      } catch {
        return false
      }
    },
    outcome: (url: string) =>
      connectServer({ ...parseConnection(url), password: new Secret(PASSWORD) }).then(
        async (client) => {
          await client.end()
          return 'ok'
        },
        (error) => error.code as string,
      ),
  } as { -readonly [Key in keyof TlsCluster]: TlsCluster[Key] }
  beforeAll(async () => {
    place.cluster = await startCluster({
      hba: [
        'local all all trust',
        'hostssl all certified all cert',
        'host all postgres all trust',
        'hostssl all all all scram-sha-256',
        'hostnossl all all all reject',
      ],
    })
    place.ca = await authority('test CA')
    place.good = await place.issue()
    writeFileSync(file('ca.crt'), place.ca.certificatePem)
    writeFileSync(file('other.crt'), (await authority('other CA')).certificatePem)
    place.serve(place.good)
    place.cluster.sql("alter system set ssl = on; alter system set ssl_ca_file = 'ca.crt'")
    writeFileSync(join(place.cluster.dataFolder, 'ca.crt'), place.ca.certificatePem)
    place.cluster.sql(`create role app login password '${PASSWORD}'; create role certified login`)
    await place.cluster.restart()
  })
  afterAll(async () => {
    remove()
    await place.cluster.stop()
  })
  return place
}

/** Serial number of the certificate that a session gets now. */
async function servedSerial(port: number): Promise<string> {
  const socket = connectNet(port, '127.0.0.1')
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
