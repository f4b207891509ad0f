import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseConnection } from '@pcap-analyzer/dbops'
import { describe, expect, it } from 'vitest'
import { installCertificate } from '../src/tls/install-certificate.ts'
import { tlsCluster } from './support/tls-cluster.ts'

const place = tlsCluster()

describe('T24 renewal', () => {
  it('under load fails no transaction and shows the new serial; a broken pair brings the old back', async () => {
    const admin = parseConnection(`postgresql://postgres@localhost:${place.cluster.port}/postgres?sslmode=require`)
    const tally = { fine: 0, failed: 0 }
    let isOver = false
    const load = Array.from({ length: 3 }, async () => {
      while (!isOver) {
        const result = await place.outcome(
          `postgresql://app@localhost:${place.cluster.port}/postgres?sslmode=verify-full&sslrootcert=${place.inUrl('ca.crt')}`,
        )
        if (result === 'ok') tally.fine++
        else tally.failed++
      }
    })
    for (let count = 0; count < 5; count++) {
      const fresh = await place.issue()
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
    const before = readFileSync(join(place.cluster.dataFolder, 'server.crt'), 'utf8')
    const [one, two] = [await place.issue(), await place.issue()]
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
    expect(readFileSync(join(place.cluster.dataFolder, 'server.crt'), 'utf8')).toBe(before)
    expect(
      await place.outcome(
        `postgresql://app@localhost:${place.cluster.port}/postgres?sslmode=verify-full&sslrootcert=${place.inUrl('ca.crt')}`,
      ),
    ).toBe('ok')
  })
})
