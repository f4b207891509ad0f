import { X509Certificate } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { sslModes } from '../src/connection/parameters.ts'
import { type IssuedCertificate, issueCertificate, issueCrl } from '../src/tls/certificates.ts'
import { inDays, tlsCluster } from './support/tls-cluster.ts'

const place = tlsCluster()

describe('T20 the six modes', () => {
  const situations: [string, () => Promise<IssuedCertificate>, string, string][] = [
    ['good', async () => place.good, 'sslrootcert=ca.crt', 'ok'],
    ['wrong CA', async () => place.good, 'sslrootcert=other.crt', 'TLS_UNKNOWN_CA'],
    [
      'wrong host',
      () => place.issue({ hosts: ['elsewhere.example'], name: 'elsewhere.example' }),
      'sslrootcert=ca.crt',
      'TLS_WRONG_HOST',
    ],
    [
      'expired',
      () => place.issue({ notBefore: inDays(-9), notAfter: inDays(-1) }),
      'sslrootcert=ca.crt',
      'TLS_EXPIRED',
    ],
    ['not yet valid', () => place.issue({ notBefore: inDays(3) }), 'sslrootcert=ca.crt', 'TLS_NOT_YET_VALID'],
    ['self-signed', () => place.issue({ issuer: null }), 'sslrootcert=ca.crt', 'TLS_SELF_SIGNED'],
    [
      'missing intermediate',
      async () =>
        place.issue({
          issuer: await issueCertificate({
            name: 'middle CA',
            hosts: [],
            purpose: 'authority',
            notBefore: inDays(-2),
            notAfter: inDays(90),
            issuer: place.ca,
          }),
        }),
      'sslrootcert=ca.crt',
      'TLS_UNKNOWN_CA',
    ],
    ['revoked', () => place.issue({ name: 'revoked' }), 'sslrootcert=ca.crt&sslcrl=revoked.crl', 'TLS_REVOKED'],
  ]
  it.each(situations)(
    'mean with a server that is %s what they mean to psql',
    async (_, certificate, words, failure) => {
      const served = await certificate()
      place.serve(served)
      if (words.includes('crl')) {
        const serial = new X509Certificate(served.certificatePem).serialNumber
        writeFileSync(place.file('revoked.crl'), await issueCrl(place.ca, [serial], inDays(-1), inDays(5)))
      }
      await place.untilServed(served)
      const full = words.replace(/=(\w+\.\w+)/g, (_match, name: string) => `=${encodeURIComponent(place.file(name))}`)
      const results: Record<string, string> = {}
      for (const mode of sslModes) {
        const url = `postgresql://app@localhost:${place.cluster.port}/postgres?sslmode=${mode}&${full}`
        const ours = await place.outcome(url)
        expect([mode, ours === 'ok'], ours).toEqual([mode, place.psqlAccepts(url)])
        results[mode] = ours
      }
      expect(results['verify-full']).toBe(failure)
      if (failure === 'TLS_WRONG_HOST') expect(results['verify-ca']).toBe('ok')
      expect(results.disable).toBe('TLS_REQUIRED')
      place.serve(place.good)
    },
  )
})

describe('T20 tls modes', () => {
  it('says of each mode what it promises and what became of it', async () => {
    const modes = async (query: string) => {
      const ran = await place.run(
        'tls',
        'modes',
        '--url',
        `postgresql://postgres@localhost:${place.cluster.port}/postgres${query}`,
        '--format',
        'json',
      )
      const data = ran.json().data as { mode: string; outcome: string; isIn: boolean }[]
      return Object.fromEntries(data.map(({ mode, outcome, isIn }) => [mode, isIn ? outcome : outcome.split(':')[0]]))
    }
    expect(await modes(`?sslrootcert=${place.inUrl('ca.crt')}`)).toEqual({
      disable: 'gets in, in clear',
      allow: 'gets in, in clear',
      prefer: 'gets in over TLSv1.3',
      require: 'gets in over TLSv1.3',
      'verify-ca': 'gets in over TLSv1.3',
      'verify-full': 'gets in over TLSv1.3',
    })
    expect(await modes(`?sslrootcert=${place.inUrl('other.crt')}`)).toMatchObject({
      // a CA that is named counts in every mode, and this one then goes on without TLS
      prefer: 'gets in, in clear',
      'verify-full': 'refused, TLS_UNKNOWN_CA',
    })
  })
})

describe('T26 client certificates', () => {
  it('let the right role in, and nobody without one or with another name', async () => {
    for (const name of ['certified', 'somebody']) {
      const pair = await place.issue({ name, hosts: [], purpose: 'client' })
      writeFileSync(place.file(`${name}.crt`), pair.certificatePem)
      writeFileSync(place.file(`${name}.key`), pair.keyPem.reveal(), { mode: 0o600 })
    }
    const url = (name: string | null) =>
      `postgresql://certified@localhost:${place.cluster.port}/postgres?sslmode=require${name === null ? '' : `&sslcert=${encodeURIComponent(place.file(`${name}.crt`))}&sslkey=${encodeURIComponent(place.file(`${name}.key`))}`}`
    expect(await place.outcome(url('certified'))).toBe('ok')
    expect(await place.outcome(url(null))).toBe('TLS_CLIENT_CERTIFICATE')
    expect(await place.outcome(url('somebody'))).toMatch(/TLS_CLIENT_CERTIFICATE|AUTHENTICATION_FAILED/)
    rmSync(place.file('somebody.key'))
    expect(await place.outcome(url('somebody'))).toBe('TLS_FILE')
  })
})
