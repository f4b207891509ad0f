import { describe, expect, it } from 'vitest'
import { type ClientHello, emptyClientHello } from '../../../src/protocols/tls/client-hello.ts'
import { ja3, ja3Text } from '../../../src/protocols/tls/ja3.ts'
import { ja4, ja4Text } from '../../../src/protocols/tls/ja4.ts'

const hello = (parts: Partial<ClientHello>): ClientHello => ({ ...emptyClientHello(), legacyVersion: 0x303, ...parts })
const hex = (text: string) => text.split(',').map((value) => Number.parseInt(value, 16))
const decimal = (text: string) => text.split('-').map(Number)

/** The example of the JA4 specification, with GREASE where Chrome has it. */
const chrome = hello({
  cipherSuites: hex('0a0a,1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035'),
  extensions: hex('1a1a,001b,0000,0033,0010,4469,0017,002d,000d,0005,0023,0012,002b,ff01,000b,000a,0015,2a2a'),
  signatureAlgorithms: hex('0403,0804,0401,0503,0805,0501,0806,0601'),
  supportedVersions: [0x3a3a, 0x0304, 0x0303],
  alpn: ['h2', 'http/1.1'],
  sni: 'example.org',
})

describe('ja3', () => {
  it.each([
    ['ada70206e40642a3e4461f35503241d5', '769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0'],
    ['de350869b8c85de67a350c8d186f11e6', '769,4-5-10-9-100-98-3-6-19-18-99,,,'],
    [
      '98487aa16281980e7d1120d399efb6a4',
      '771,4865-4866-4867-49195-49199-49196-49200-52393-52392-49171-49172-156-157-47-53,45-51-16-65037-23-17613-0-11-10-43-65281-35-18-5-13-27,4588-29-23-24,0',
    ],
  ])('gives the published %s', (hash, text) => {
    const [version, suites, extensions, groups, formats] = text.split(',')
    const list = (values: string) => (values === '' ? [] : decimal(values))
    const parts = hello({
      legacyVersion: Number(version),
      cipherSuites: [0x5a5a, ...list(suites)],
      extensions: [...list(extensions), 0xdada],
      groups: [0x8a8a, ...list(groups)],
      pointFormats: list(formats),
    })
    expect(ja3Text(parts)).toBe(text)
    expect(ja3(parts)).toBe(hash)
  })

  it('gives a hash for a hello of nothing but GREASE', () => {
    expect(ja3Text(hello({ cipherSuites: [0x0a0a], extensions: [0x1a1a], groups: [0x2a2a] }))).toBe('771,,,,')
  })
})

describe('ja4', () => {
  it('gives the value of the specification', () => {
    expect(ja4(chrome, 't')).toBe('t13d1516h2_8daaf6152771_e5627efa2ab1')
    expect(ja4Text(chrome, 't')).toBe(
      't13d1516h2_002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9_' +
        '0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01_0403,0804,0401,0503,0805,0501,0806,0601',
    )
  })

  it('gives the published value of a later Chrome', () => {
    const later = hello({
      ...chrome,
      extensions: hex('002d,0033,0010,fe0d,0017,44cd,0000,000b,000a,002b,ff01,0023,0012,0005,000d,001b'),
    })
    expect(ja4(later, 't')).toBe('t13d1516h2_8daaf6152771_d8a2da3f94cd')
  })

  it('ends without an underscore where there are no signature algorithms', () => {
    expect(ja4({ ...chrome, signatureAlgorithms: [] }, 't')).toBe('t13d1516h2_8daaf6152771_6d807ffa2a79')
  })

  it('says q for QUIC, i without a server name and zeros for empty lists', () => {
    expect(ja4(hello({ extensions: [0x1a1a], cipherSuites: [0x0a0a] }), 'q')).toBe(
      'q12i000000_000000000000_000000000000',
    )
  })

  it.each([
    ['http/1.1', 'h1'],
    ['x', 'xx'],
    ['', '00'],
    ['\xab', 'ab'],
    ['\xab\xcd', 'ad'],
    ['\x30\xab', '3b'],
    ['\x30\x31\xab\xcd', '3d'],
    ['\x30\xab\xcd\x31', '01'],
    ['\xba\xad', 'bd'],
  ])('writes the protocol %j as %s', (name, code) => {
    expect(ja4(hello({ alpn: [name] }), 't').slice(8, 10)).toBe(code)
  })

  it('counts no further than 99', () => {
    expect(ja4(hello({ cipherSuites: Array.from({ length: 120 }, (_, i) => i) }), 't').slice(4, 6)).toBe('99')
  })

  it.each([
    [0x0304, '13'],
    [0x0303, '12'],
    [0x0302, '11'],
    [0x0301, '10'],
    [0x0300, 's3'],
    [0x0002, 's2'],
    [0x7f12, '00'],
  ])('knows version %i', (version, code) => {
    expect(ja4(hello({ legacyVersion: version }), 't').slice(1, 3)).toBe(code)
    expect(ja4(hello({ supportedVersions: [0x0a0a, version] }), 't').slice(1, 3)).toBe(code)
  })
})
