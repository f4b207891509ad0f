import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCertificate, parseCertificateChain } from '../../../src/protocols/tls/certificate.ts'
import { vector } from './hello-bytes.ts'

/** Made with openssl for this test: EC key, two DNS names, two addresses. */
const der = Buffer.from(
  'MIIB9zCCAZ2gAwIBAgIDAQKjMAoGCCqGSM49BAMCMDkxCzAJBgNVBAYTAkNIMRAwDgYDVQQKDAdFeGFtcGxlMRgwFgYDVQQDDA93' +
    'd3cuZXhhbXBsZS5vcmcwHhcNMjYxMTIyMDcyNjIyWhcNMjcwMjIwMDcyNjIyWjA5MQswCQYDVQQGEwJDSDEQMA4GA1UECgwHRXhh' +
    'bXBsZTEYMBYGA1UEAwwPd3d3LmV4YW1wbGUub3JnMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE9DkY+NhWeyeSWuVupPdvl1pX' +
    'PWmt48OcESZfw9tqvZoxvY0mTyC6SiozyI73w9yWvl7CjLxSBIINclCmhkEzFKOBkzCBkDAdBgNVHQ4EFgQUeow+/pf/9qjL7K/x' +
    'kvcZFj0HEEswHwYDVR0jBBgwFoAUeow+/pf/9qjL7K/xkvcZFj0HEEswDwYDVR0TAQH/BAUwAwEB/zA9BgNVHREENjA0ggtleGFt' +
    'cGxlLm9yZ4INKi5leGFtcGxlLm9yZ4cEwAACB4cQIAENuAAAAAAAAAABAAAABzAKBggqhkjOPQQDAgNIADBFAiEA3J+qfcDNH7Vv' +
    'VHcRZ9fFum9ExDuiqhrCsftwzDx/DIMCIADLsUf8WLQM9hDN7Flj0BTmu8++aI7FGpe6hpjlM9pL',
  'base64',
)

const certificate = {
  serial: '0102a3',
  subjectCommonName: 'www.example.org',
  issuerCommonName: 'www.example.org',
  notBeforeSeconds: Date.UTC(2026, 10, 22, 7, 26, 22) / 1000,
  notAfterSeconds: Date.UTC(2027, 1, 20, 7, 26, 22) / 1000,
  dnsNames: ['example.org', '*.example.org'],
  ipAddresses: ['192.0.2.7', '2001:db8::1:0:7'],
}

describe('parseCertificate', () => {
  it('reads names, addresses, validity and serial', () => {
    expect(parseCertificate(der, 0, der.length)).toEqual(certificate)
  })

  it('gives nothing for a certificate that is cut anywhere', () => {
    for (let end = 0; end < der.length; end++) expect(parseCertificate(der, 0, end)).toBeNull()
  })

  it('never throws on changed bytes', () => {
    const changes = fc.array(fc.tuple(fc.nat(der.length - 1), fc.nat(255)), { maxLength: 10 })
    fc.assert(
      fc.property(changes, (edits) => {
        const bytes = Uint8Array.from(der)
        for (const [at, value] of edits) bytes[at] = value
        parseCertificate(bytes, 0, bytes.length)
      }),
      { numRuns: 3000 },
    )
  })
})

describe('parseCertificateChain', () => {
  it('keeps the whole certificates of a message', () => {
    const message = vector(3, vector(3, der), vector(3, der))
    expect(parseCertificateChain(message, 0, message.length)).toEqual([certificate, certificate])
    expect(parseCertificateChain(message, 0, message.length - 1)).toEqual([certificate])
  })

  it('reads no more than sixteen', () => {
    const message = vector(3, ...Array.from({ length: 40 }, () => vector(3, der)))
    expect(parseCertificateChain(message, 0, message.length).length).toBe(16)
  })
})
