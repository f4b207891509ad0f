import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Packet } from '../../../src/packet.ts'
import { hasProtocol, Protocol } from '../../../src/protocol-set.ts'
import { QuicTracker } from '../../../src/protocols/quic/quic-tracker.ts'
import type { QuicClientHello } from '../../../src/protocols/tls/messages.ts'
import { clientCryptoFrame, cryptoFrame, initialDatagram } from './protect-initial.ts'

const hello = clientCryptoFrame.subarray(4)
const clientId = Buffer.from('c1c1c1c1', 'hex')
const serverId = Buffer.from('5e5e5e5e5e', 'hex')
const destinationId = (n: number) => Buffer.from(`aabbccdd${n.toString(16).padStart(8, '0')}`, 'hex')

class Run {
  readonly hellos: QuicClientHello[] = []
  readonly tracker: QuicTracker
  #frame = 0

  constructor(maxConnections?: number) {
    this.tracker = new QuicTracker(
      { quicClientHello: (found) => void this.hellos.push(found) },
      undefined,
      maxConnections,
    )
  }

  datagram(bytes: Uint8Array, flow = 0, fromInitiator = true): boolean {
    const packet = new Packet()
    packet.number = ++this.#frame
    const isQuic = this.tracker.datagram(flow, packet, bytes, 0, bytes.length, fromInitiator)
    expect(hasProtocol(packet, Protocol.quic)).toBe(isQuic)
    return isQuic
  }
}

function longHeader(first: number, version: number, to: Uint8Array, from: Uint8Array, rest: Uint8Array): Buffer {
  const head = Buffer.alloc(5)
  head[0] = first
  head.writeUInt32BE(version, 1)
  return Buffer.concat([head, Uint8Array.of(to.length), to, Uint8Array.of(from.length), from, rest])
}

describe('QuicTracker', () => {
  it.each([1, 0x6b3343cf, 0xff00001d, 0xff000016])('reads the hello of version %i', (version) => {
    const run = new Run()
    expect(run.datagram(initialDatagram(version, destinationId(1), clientId, 0, clientCryptoFrame))).toBe(true)
    expect(run.hellos).toMatchObject([
      { frame: 1, flow: 0, connection: 0, fromInitiator: true, quicVersion: version, hello: { sni: 'example.com' } },
    ])
    expect(run.hellos[0].ja4).toMatch(/^q13d0211an_[0-9a-f]{12}_[0-9a-f]{12}$/)
    expect([...run.tracker.versionFrames]).toEqual([[version, 1]])
  })

  it('puts a hello together whatever way its pieces are cut and ordered', () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: hello.length - 1 }), { maxLength: 6 })
    fc.assert(
      fc.property(cuts, fc.infiniteStream(fc.nat()), fc.boolean(), (at, order, isOneDatagram) => {
        const ends = [...at.sort((a, b) => a - b), hello.length]
        const pieces = ends.map((end, i) => cryptoFrame(ends[i - 1] ?? 0, hello.subarray(ends[i - 1] ?? 0, end)))
        const keys = pieces.map(() => order.next().value as number)
        const shuffled = pieces.map((piece, i) => ({ piece, key: keys[i] })).sort((a, b) => a.key - b.key)
        const frames = shuffled.map(({ piece }) => piece)
        const datagrams = isOneDatagram ? [Buffer.concat(frames)] : frames
        const run = new Run()
        datagrams.forEach((content, i) => {
          run.datagram(initialDatagram(1, destinationId(1), clientId, i, content))
        })
        expect(run.hellos.map(({ frame, hello }) => [frame, hello.sni])).toEqual([[datagrams.length, 'example.com']])
      }),
      { numRuns: 60 },
    )
  })

  it('tells a repeated hello once', () => {
    const run = new Run()
    for (let i = 0; i < 3; i++) run.datagram(initialDatagram(1, destinationId(1), clientId, i, clientCryptoFrame))
    expect(run.hellos.length).toBe(1)
    expect(run.tracker.connectionCount).toBe(1)
  })

  it('follows the connection through a Retry', () => {
    const run = new Run()
    run.datagram(initialDatagram(1, destinationId(1), clientId, 0, cryptoFrame(0, hello.subarray(0, 50))))
    run.datagram(longHeader(0xf0, 1, clientId, serverId, Buffer.alloc(40)), 0, false)
    run.datagram(initialDatagram(1, serverId, clientId, 1, clientCryptoFrame))
    expect(run.hellos.map(({ frame }) => frame)).toEqual([3])
    expect(run.tracker.connectionCount).toBe(1)
  })

  it('calls every datagram of a bound flow QUIC and none of another', () => {
    const run = new Run()
    const short = Buffer.alloc(40, 0x40)
    expect(run.datagram(short)).toBe(false)
    run.datagram(initialDatagram(1, destinationId(1), clientId, 0, clientCryptoFrame))
    expect(run.datagram(short)).toBe(true)
    expect(run.datagram(Uint8Array.of(0), 0, false)).toBe(true)
    expect(run.datagram(new Uint8Array(0))).toBe(false)
    expect(run.datagram(short, 1)).toBe(false)
  })

  it('knows a connection that moved to another flow by its id', () => {
    const run = new Run()
    run.datagram(initialDatagram(1, destinationId(1), clientId, 0, clientCryptoFrame))
    const moved = Buffer.concat([Uint8Array.of(0x40), clientId, new Uint8Array(17)])
    expect(run.datagram(moved.subarray(0, 21), 1)).toBe(false)
    expect(run.datagram(moved, 1)).toBe(true)
  })

  it.each([
    [0x51303433, false],
    [0x51303436, false],
    [0x51303530, true],
    [0x54303530, true],
    [0xff00000a, false],
    [0xff00000b, true],
    [0xfaceb002, true],
    [0x0a1a2a3a, true],
    [0, false],
    [0x12345678, false],
  ])('judges version %i as %s', (version, verdict) => {
    const run = new Run()
    expect(run.datagram(longHeader(0xc0, version, destinationId(1), clientId, new Uint8Array(1100)))).toBe(verdict)
  })

  it('counts a version once a frame and leaves out packets that are cut before their sample', () => {
    const run = new Run()
    const initial = Buffer.concat([Uint8Array.of(0, 0x40, 50), new Uint8Array(50)])
    const handshake = Buffer.concat([Uint8Array.of(0x40, 50), new Uint8Array(50)])
    run.datagram(
      Buffer.concat([
        longHeader(0xc3, 1, destinationId(1), clientId, initial),
        longHeader(0xe3, 1, destinationId(1), clientId, handshake),
        longHeader(0xe3, 0xff00001d, destinationId(1), clientId, handshake),
        longHeader(0xe3, 0xff00001e, destinationId(2), clientId, handshake),
      ]),
    )
    run.datagram(longHeader(0xc3, 1, destinationId(3), clientId, initial).subarray(0, 30))
    expect([...run.tracker.versionFrames]).toEqual([
      [1, 1],
      [0xff00001d, 1],
    ])
    expect(run.tracker.connectionCount).toBe(2)
  })

  it('keeps no more connections than it may and counts the rest', () => {
    const run = new Run(10)
    const initial = Buffer.concat([Uint8Array.of(0, 0x40, 50), new Uint8Array(50)])
    for (let i = 0; i < 100; i++) {
      run.datagram(longHeader(0xc3, 1, destinationId(i), Buffer.from([1, 2, i]), initial), i)
    }
    expect(run.tracker.connectionCount).toBe(100)
    expect(run.tracker.droppedCount).toBe(180)
    const short = (i: number) => Buffer.concat([Uint8Array.of(0x40, 1, 2, i), new Uint8Array(30)])
    expect(run.datagram(short(5), 500)).toBe(false)
    expect(run.datagram(short(99), 501)).toBe(true)
  })

  it('never throws on cut or changed datagrams', () => {
    const whole = initialDatagram(1, destinationId(1), clientId, 0, clientCryptoFrame)
    const run = new Run(50)
    for (let length = 0; length <= 120; length++) run.datagram(whole.subarray(0, length), length)
    const changes = fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 6 })
    fc.assert(
      fc.property(changes, fc.nat(1200), fc.nat(80), (edits, length, flow) => {
        const bytes = Uint8Array.from(whole.subarray(0, length))
        for (const [at, value] of edits) if (at < length) bytes[at] = value
        run.datagram(bytes, flow)
      }),
      { numRuns: 500 },
    )
  })
})
