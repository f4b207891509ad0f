import fc from 'fast-check'
import { expect, it } from 'vitest'
import { buildPcap, type Endpoint, tcpFrame } from '../../../src/testing/index.ts'
import { toldOf } from '../told-of.ts'

const client: Endpoint = { mac: '02:00:00:00:00:01', address: '10.0.0.1', port: 40_000 }
const server: Endpoint = { mac: '02:00:00:00:00:02', address: '10.0.0.2', port: 443 }
const START = 1000

/** A segment of the server, or without payload an acknowledgment by the client. */
interface Piece {
  readonly sequence: number
  readonly payload: Uint8Array
}

const NOTHING = new Uint8Array(0)
const ACKNOWLEDGMENTS_BEFORE_FAST_RETRANSMISSION = 4

/** ServerHello of TLS 1.2, after which the version is known. */
const serverHello = Uint8Array.of(
  22,
  3,
  3,
  0,
  42,
  2,
  0,
  0,
  38,
  3,
  3,
  ...new Array<number>(32).fill(7),
  0,
  0xc0,
  0x2b,
  0,
)

function record(type: number, length: number): Uint8Array {
  const bytes = new Uint8Array(5 + length).fill(0xa7)
  bytes.set([type, 3, 3, length >> 8, length & 255])
  return bytes
}

/** A stream cut into segments; lost, repeated, late and fast retransmitted ones as `fates` say. */
function sent(stream: Uint8Array, sizes: readonly number[], fates: readonly number[]): Piece[] {
  const pieces: Piece[] = []
  for (let at = 0, i = 0; at < stream.length; i++) {
    const payload = stream.subarray(at, at + sizes[i % sizes.length])
    pieces.push({ sequence: START + at, payload })
    at += payload.length
  }
  const out: Piece[] = []
  for (const [i, piece] of pieces.entries()) {
    const fate = fates[i % fates.length]
    if (fate === 0) continue
    out.push(piece)
    if (fate === 1) out.push(piece)
    if (fate === 2 && out.length > 1) out.splice(-2, 0, out.pop()!)
    if (fate < 3 || fate > 6) continue
    const again = pieces[Math.max(0, i - fate + 2)]
    const acknowledgment = { sequence: again.sequence, payload: NOTHING }
    for (let n = 0; n < ACKNOWLEDGMENTS_BEFORE_FAST_RETRANSMISSION; n++) out.push(acknowledgment)
    out.push(again)
  }
  return out
}

function capture(pieces: readonly Piece[]): Uint8Array {
  const frames = pieces.map(({ sequence, payload }) =>
    payload === NOTHING
      ? tcpFrame(client, server, { sequence: 1, acknowledgment: sequence, flags: 'A' })
      : tcpFrame(server, client, { sequence, acknowledgment: 1, flags: 'PA', payload }),
  )
  return buildPcap(frames)
}

const recordType = fc.constantFrom(23, 23, 23, 23, 21, 24, 22)
const stream = fc.record({
  hasHello: fc.boolean(),
  records: fc.array(
    fc.tuple(recordType, fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 5000 }))),
    {
      minLength: 1,
      maxLength: 60,
    },
  ),
  sizes: fc.array(fc.oneof(fc.constant(1460), fc.integer({ min: 1, max: 1460 })), { minLength: 1, maxLength: 8 }),
  fates: fc.array(
    fc.oneof({ weight: 30, arbitrary: fc.constant(9) }, { weight: 1, arbitrary: fc.integer({ min: 0, max: 6 }) }),
    {
      minLength: 20,
      maxLength: 60,
    },
  ),
})

it('names the same frames TLS whether records are walked over or every segment is shown, whatever is lost, repeated or late', () => {
  fc.assert(
    fc.property(stream, ({ hasHello, records, sizes, fates }) => {
      const parts = records.map(([type, length]) => record(type, length))
      if (hasHello) parts.unshift(serverHello)
      const bytes = capture(sent(Buffer.concat(parts), sizes, fates))
      expect(toldOf(bytes, false)).toEqual(toldOf(bytes, true))
    }),
    { numRuns: 400 },
  )
})
