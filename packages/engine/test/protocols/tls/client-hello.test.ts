import { describe, expect, it } from 'vitest'
import { readClientHello } from '../../../src/protocols/tls/client-hello.ts'
import {
  alpn,
  clientHelloBody,
  extension,
  groups,
  pointFormats,
  serverName,
  signatureAlgorithms,
  supportedVersions,
  words,
} from './hello-bytes.ts'

const parse = (bytes: Uint8Array) => readClientHello(bytes, 0, bytes.length).hello

const full = clientHelloBody({
  cipherSuites: [0x1a1a, 0x1301, 0xc02b],
  extensions: [
    extension(0x2a2a),
    serverName('example.org'),
    groups(0x3a3a, 29, 23),
    pointFormats(0),
    signatureAlgorithms(0x0403, 0x0804),
    alpn('h2', 'http/1.1'),
    supportedVersions(0x4a4a, 0x0304, 0x0303),
  ],
})

describe('readClientHello', () => {
  it('reads all parts in order and keeps GREASE', () => {
    expect(parse(full)).toEqual({
      legacyVersion: 0x303,
      cipherSuites: [0x1a1a, 0x1301, 0xc02b],
      compression: [0],
      extensions: [0x2a2a, 0, 10, 11, 13, 16, 43],
      sni: 'example.org',
      alpn: ['h2', 'http/1.1'],
      supportedVersions: [0x4a4a, 0x0304, 0x0303],
      groups: [0x3a3a, 29, 23],
      pointFormats: [0],
      signatureAlgorithms: [0x0403, 0x0804],
      stoppedAt: null,
    })
  })

  it('keeps what stands before any cut and says where it stopped', () => {
    const whole = parse(full)
    const withoutExtensions = clientHelloBody({ cipherSuites: [0x1a1a, 0x1301, 0xc02b] }).length
    for (let length = 0; length < full.length; length++) {
      const cut = parse(full.slice(0, length))
      expect(whole.extensions.slice(0, cut.extensions.length)).toEqual(cut.extensions)
      expect(whole.cipherSuites.slice(0, cut.cipherSuites.length)).toEqual(cut.cipherSuites)
      if (length !== withoutExtensions) expect(cut.stoppedAt).not.toBeNull()
    }
  })

  it('does not believe an extension that claims more than its list holds', () => {
    const lying = Buffer.concat([words(51), words(500), words(0x1234, 0)])
    const hello = parse(clientHelloBody({ extensions: [serverName('a.b'), lying] }))
    expect(hello.extensions).toEqual([0])
    expect(hello.stoppedAt).toBe('extension')
  })

  it('takes nothing from an extension whose own list claims more than it holds', () => {
    const lying = extension(43, Uint8Array.of(8, 3, 4, 3, 3))
    const hello = parse(clientHelloBody({ extensions: [lying, alpn('h2')] }))
    expect(hello.supportedVersions).toEqual([])
    expect(hello.alpn).toEqual(['h2'])
    expect(hello.stoppedAt).toBeNull()
  })

  it('goes on behind a list of cipher suites of odd length', () => {
    const body = Buffer.from(clientHelloBody({ extensions: [alpn('h2')] }))
    const odd = Buffer.concat([body.subarray(0, 35), Uint8Array.of(0, 3, 0x13, 0x01, 0x13), body.subarray(39)])
    expect(parse(odd)).toMatchObject({ cipherSuites: [0x1301], alpn: ['h2'], stoppedAt: null })
  })

  it('reads a hello without extensions', () => {
    expect(parse(clientHelloBody())).toMatchObject({ extensions: [], sni: null, stoppedAt: null })
  })

  it('tells hellos apart that differ in one part only, in whatever order they come', () => {
    const parts = {
      legacyVersion: [0x302, 0x303],
      groups: [[29], [29, 23]],
      alpn: [['h2'], ['h2', 'h3']],
      name: ['a.b', 'c.d'],
    }
    const hellos = parts.legacyVersion.flatMap((legacyVersion) =>
      parts.groups.flatMap((offered) =>
        parts.alpn.flatMap((protocols) =>
          parts.name.map((sni) => ({ legacyVersion, groups: offered, alpn: protocols, sni })),
        ),
      ),
    )
    for (const order of [hellos, hellos.toReversed(), hellos]) {
      for (const { legacyVersion, groups: offered, alpn: protocols, sni } of order) {
        const extensions = [serverName(sni), groups(...offered), alpn(...protocols)]
        const expected = { ...parse(full), legacyVersion, sni, groups: offered, alpn: protocols }
        const others = {
          cipherSuites: [0x1301],
          extensions: [0, 10, 16],
          supportedVersions: [],
          pointFormats: [],
          signatureAlgorithms: [],
        }
        const body = clientHelloBody({ version: legacyVersion, cipherSuites: [0x1301], extensions })
        expect(parse(body)).toEqual({ ...expected, ...others })
      }
    }
  })

  it('shares lists among hellos that offer the same to different servers', () => {
    const to = (name: string) => parse(clientHelloBody({ cipherSuites: [0x1301], extensions: [serverName(name)] }))
    expect(to('a.b').cipherSuites).toBe(to('c.d').cipherSuites)
    expect([to('a.b').sni, to('c.d').sni]).toEqual(['a.b', 'c.d'])
  })
})
