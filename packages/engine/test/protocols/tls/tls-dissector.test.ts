import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Packet } from '../../../src/packet.ts'
import { hasProtocol, Protocol } from '../../../src/protocol-set.ts'
import type { StreamPiece } from '../../../src/protocols/stream-dissector.ts'
import { looksLikeTls } from '../../../src/protocols/tls/recognise.ts'
import { TlsDissector } from '../../../src/protocols/tls/tls-dissector.ts'
import {
  alpn,
  ascii,
  clientHelloBody,
  extension,
  handshake,
  record,
  serverHelloBody,
  serverName,
  supportedVersions,
  words,
} from './hello-bytes.ts'
import { collector } from './plain-handoff.ts'

const clientHello = handshake(1, clientHelloBody({ extensions: [serverName('example.org'), alpn('h2')] }))
const serverHello = handshake(2, serverHelloBody())
const serverHello13 = handshake(2, serverHelloBody([extension(43, words(0x0304))]))
const changeCipherSpec = record(20, Uint8Array.of(1))
const retryRandom = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex')

function pieceAt(frame: number, direction: 0 | 1 = 0, canWait = true): StreamPiece {
  const packet = new Packet()
  packet.number = frame
  return {
    packet,
    stream: 7,
    direction,
    sourcePort: 40000,
    destinationPort: 443,
    canWait,
    firstFrame: frame,
    firstTimeNs: 0,
    skippedBytes: 0,
    need: 0,
    skipContent: false,
    inOrderOnly: false,
    context: null,
    messageStart: -1,
    opaque: -1,
    isOver: false,
  }
}

/** Feeds one segment a frame, in order; none of them may need more. */
function dissect(...segments: [0 | 1, Uint8Array][]) {
  const found = collector()
  const dissector = new TlsDissector(found)
  segments.forEach(([direction, bytes], i) => {
    const piece = pieceAt(i + 1, direction)
    expect(dissector.dissect(piece, bytes, 0, bytes.length)).toBe(bytes.length)
    expect(piece.need).toBe(0)
  })
  return found
}

describe('TlsDissector', () => {
  it('reads several messages of one record', () => {
    const found = dissect([1, record(22, Buffer.concat([serverHello, handshake(14, new Uint8Array(0))]))])
    expect(found.serverHellos).toMatchObject([{ frame: 1, stream: 7, direction: 1, hello: { version: 0x303 } }])
  })

  it('puts a message over several records together and gives it to the last frame', () => {
    for (let cut = 1; cut < clientHello.length; cut++) {
      const found = dissect([0, record(22, clientHello.slice(0, cut))], [0, record(22, clientHello.slice(cut))])
      expect(found.clientHellos).toMatchObject([{ frame: 2, hello: { sni: 'example.org', alpn: ['h2'] } }])
    }
  })

  it('does not read handshakes that are encrypted', () => {
    const found = dissect(
      [0, record(22, clientHello)],
      [1, record(22, serverHello)],
      [0, changeCipherSpec],
      [0, record(22, clientHello)],
    )
    expect(found.clientHellos.map(({ frame }) => frame)).toEqual([1])
  })

  it('reads the second hello after a retry request in spite of ChangeCipherSpec', () => {
    const retry = handshake(2, serverHelloBody([extension(43, words(0x0304))], retryRandom))
    const found = dissect(
      [0, record(22, clientHello)],
      [1, Buffer.concat([record(22, retry), changeCipherSpec])],
      [0, changeCipherSpec],
      [0, record(22, clientHello)],
      [1, record(22, serverHello13)],
    )
    expect(found.clientHellos.map(({ frame }) => frame)).toEqual([1, 4])
    expect(found.serverHellos.map(({ hello }) => [hello.version, hello.isHelloRetryRequest])).toEqual([
      [0x0304, true],
      [0x0304, false],
    ])
  })

  it('tells alerts of two bytes and no others', () => {
    const found = dissect([1, record(21, Uint8Array.of(2, 40))], [1, record(21, new Uint8Array(26))])
    expect(found.alerts).toMatchObject([{ frame: 1, level: 2, description: 40 }])
  })

  it('asks for the rest of application data without its content', () => {
    const piece = pieceAt(1)
    const bytes = record(23, new Uint8Array(9000)).slice(0, 1000)
    expect(new TlsDissector(collector()).dissect(piece, bytes, 0, bytes.length)).toBe(0)
    expect(piece).toMatchObject({ need: 8005, skipContent: true })
  })

  it('asks for the rest of a handshake with its content, and for one more segment inside a header', () => {
    const bytes = record(22, clientHello)
    const piece = pieceAt(1)
    new TlsDissector(collector()).dissect(piece, bytes, 0, 20)
    expect(piece).toMatchObject({ need: bytes.length - 20, skipContent: false })
    new TlsDissector(collector()).dissect(piece, bytes, 0, 4)
    expect(piece.need).toBe(-1)
  })

  it('reads a cut hello as far as it goes when there is nothing to wait for', () => {
    const found = collector()
    const bytes = record(22, clientHello)
    new TlsDissector(found).dissect(pieceAt(1, 0, false), bytes, 0, bytes.length - 8)
    expect(found.clientHellos).toMatchObject([{ isCut: true, hello: { sni: 'example.org', stoppedAt: 'extension' } }])
  })

  it('recognises the hello of SSL 2.0', () => {
    const body = Buffer.concat([Uint8Array.of(1), words(0x0300, 6, 0, 16), new Uint8Array(6), new Uint8Array(16)])
    const found = dissect([0, Buffer.concat([words(0x8000 | body.length), body])])
    expect(found.clientHellos).toMatchObject([{ hello: { legacyVersion: 0x0300, cipherSuites: [0, 0] }, ja3: null }])
  })

  it('takes nothing for SSL 2.0 once a version is agreed on', () => {
    const restOfLostRecord = Uint8Array.of(0xf5, 0xf4, 0x07, 1, 2, 3, 4)
    dissect([0, record(22, clientHello)], [1, record(22, serverHello)], [1, restOfLostRecord])
  })

  it('leaves text to others and calls other bytes TLS', () => {
    const text = pieceAt(1)
    expect(new TlsDissector(collector()).dissect(text, ascii('GET / HTTP/1.1'), 0, 14)).toBe(0)
    expect(hasProtocol(text.packet, Protocol.tls)).toBe(false)
    const noise = pieceAt(1)
    expect(new TlsDissector(collector()).dissect(noise, new Uint8Array(14), 0, 14)).toBe(14)
    expect(hasProtocol(noise.packet, Protocol.tls)).toBe(true)
  })

  it('never throws and never goes back on changed bytes', () => {
    const flight = Buffer.concat([
      record(22, clientHello),
      record(22, handshake(2, serverHelloBody([supportedVersions(0x0304)]))),
      record(22, handshake(11, new Uint8Array(40).fill(0x30))),
      record(21, Uint8Array.of(1, 0)),
      record(23, new Uint8Array(50)),
    ])
    const changes = fc.array(fc.tuple(fc.nat(flight.length - 1), fc.nat(255)), { maxLength: 12 })
    fc.assert(
      fc.property(changes, fc.nat(flight.length), fc.boolean(), (edits, end, canWait) => {
        const bytes = Uint8Array.from(flight)
        for (const [at, value] of edits) bytes[at] = value
        const dissector = new TlsDissector(collector())
        for (const direction of [0, 1, 0] as const) {
          const piece = pieceAt(1, direction, canWait)
          const consumed = dissector.dissect(piece, bytes, 0, end)
          expect(consumed).toBeGreaterThanOrEqual(0)
          expect(consumed).toBeLessThanOrEqual(end)
          if (piece.need === 0 && consumed !== 0) expect(consumed).toBe(end)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('looksLikeTls', () => {
  it.each([
    [[22, 3, 1, 0, 50], true],
    [[23, 3, 3, 0, 1], true],
    [[23, 1, 1, 0, 1], true],
    [[23, 3, 4, 0, 1], false],
    [[23, 3, 3, 0, 0], false],
    [[22, 3, 3, 0x48, 0x00], false],
    [[22, 3, 3, 0x47, 0xff], true],
    [[20, 3, 3, 0, 1], false],
    [[21, 3, 3, 0, 2], false],
    [[22, 3, 3, 0], false],
  ])('judges %j as %s', (bytes, verdict) => {
    expect(looksLikeTls(Uint8Array.from(bytes), 0, bytes.length)).toBe(verdict)
  })
})
