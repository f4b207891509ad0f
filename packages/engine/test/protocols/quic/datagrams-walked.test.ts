import fc from 'fast-check'
import { expect, it } from 'vitest'
import { buildPcap, type Endpoint, udpFrame } from '../../../src/testing/index.ts'
import { toldOf } from '../told-of.ts'
import { clientCryptoFrame, initialDatagram } from './protect-initial.ts'

const clientId = Buffer.from('c1c1c1c1', 'hex')
const initial = initialDatagram(1, Buffer.from('aabbccdd00000001', 'hex'), clientId, 0, clientCryptoFrame)
const MAC = { client: '02:00:00:00:00:01', server: '02:00:00:00:00:02' }

/** A query for the root, as anybody may send it from anywhere. */
const dnsQuery = Uint8Array.of(0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1)

function longHeaderOf(version: number): Uint8Array {
  return Uint8Array.of(0xc0, version >>> 24, version >>> 16, version >>> 8, version, 0, 0, ...new Uint8Array(20))
}

/** What a datagram may hold: QUIC with a long header, with a short one, one that goes to a known connection, RTP, DNS, other things, nothing. */
const payload = fc.oneof(
  { weight: 2, arbitrary: fc.constant(initial) },
  {
    weight: 6,
    arbitrary: fc.uint8Array({ minLength: 1, maxLength: 60 }).map((bytes) => bytes.with(0, bytes[0] & 0x7f)),
  },
  { weight: 1, arbitrary: fc.constant(Buffer.concat([Uint8Array.of(0x40), clientId, Buffer.alloc(30)])) },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 60 }) },
  {
    weight: 2,
    arbitrary: fc.uint8Array({ minLength: 12, maxLength: 40 }).map((bytes) => Uint8Array.of(0x80, 8, ...bytes)),
  },
  { weight: 1, arbitrary: fc.constant(dnsQuery) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(1, 0x6b3343cf, 0xff00001d, 0x0a1a2a3a, 0xfaceb002, 0x51303530, 2).map(longHeaderOf),
  },
)
const datagram = fc.record({
  flow: fc.nat(7),
  isForward: fc.boolean(),
  payload,
  isTagged: fc.boolean(),
  edit: fc.option(fc.tuple(fc.nat(50), fc.nat(255)), { freq: 8 }),
  cutTo: fc.option(fc.integer({ min: 30, max: 80 }), { freq: 12 }),
})

/** Some flows over IPv4 and IPv6, on QUIC's port, those of nobody, and those of tunnels and names. */
const ports = [443, 443, 40_001, 40_002, 4789, 2152, 53, 4500]

function ends(flow: number): [Endpoint, Endpoint] {
  const prefix = flow % 2 === 0 ? '10.0.0.' : 'fd00::'
  return [
    { mac: MAC.client, address: `${prefix}1`, port: 50_000 + flow },
    { mac: MAC.server, address: `${prefix}2`, port: ports[flow] },
  ]
}

/** The frame with an 802.1Q tag. */
function tagged(frame: Uint8Array): Uint8Array {
  return Uint8Array.of(...frame.subarray(0, 12), 0x81, 0, 0, 7, ...frame.subarray(12))
}

it('tells the same of frames and flows whether datagrams are walked over or every one is shown', () => {
  fc.assert(
    fc.property(fc.array(datagram, { minLength: 1, maxLength: 80 }), (datagrams) => {
      const frames = datagrams.map(({ flow, isForward, payload, isTagged, edit, cutTo }) => {
        const [client, server] = ends(flow)
        const untagged = udpFrame(isForward ? client : server, isForward ? server : client, payload)
        const frame = isTagged ? tagged(untagged) : untagged
        if (edit !== null && edit[0] < frame.length) frame[edit[0]] = edit[1]
        return cutTo === null ? frame : { bytes: frame.subarray(0, cutTo), wireLength: frame.length }
      })
      const bytes = buildPcap(frames)
      expect(toldOf(bytes, false)).toEqual(toldOf(bytes, true))
    }),
    { numRuns: 400 },
  )
})
