import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Core } from '../../src/core/core.ts'
import { Packet } from '../../src/packet.ts'
import type { Segment } from '../../src/tcp/segment.ts'

interface Entry {
  frame: number
  start: number
  end: number
}

/** The rules as they stand in docs/reference/tcp-analysis.md, on a plain array, newest first. */
class PlainQueue {
  entries: Entry[] = []

  acknowledge(ack: number): number {
    let acked = 0
    this.entries = this.entries.filter((entry) => {
      if (entry.end === ack) {
        acked = entry.frame
        return false
      }
      if (((entry.start - ack) | 0) < 0 && ((ack - entry.end) | 0) <= 0) {
        entry.start = ack
        return true
      }
      return ((ack - entry.end) | 0) < 0
    })
    return acked
  }

  span(base: number): number {
    const ends = this.entries.map(({ end }) => (end - base) >>> 0)
    const starts = this.entries.map(({ start }) => (start - base) >>> 0)
    return Math.max(...ends) - Math.min(...starts)
  }
}

type Step = { kind: 'segment'; sequence: number; length: number } | { kind: 'ack'; number: number }

const near = (origin: number) => fc.integer({ min: -200, max: 2000 }).map((offset) => (origin + offset) | 0)

function stepsFrom(origin: number): fc.Arbitrary<Step[]> {
  const segment = fc.record({
    kind: fc.constant('segment' as const),
    sequence: near(origin),
    length: fc.integer({ min: 1, max: 300 }),
  })
  const ack = fc.record({ kind: fc.constant('ack' as const), number: near(origin) })
  return fc.array(fc.oneof(segment, ack), { maxLength: 60 })
}

/** Segments one behind the other, as a sender without loss sends them, with acknowledgments in between. */
function inOrderFrom(origin: number): fc.Arbitrary<Step[]> {
  return fc
    .array(fc.tuple(fc.integer({ min: 1, max: 300 }), fc.option(fc.integer({ min: 0, max: 900 }))), { maxLength: 40 })
    .map((pairs) => {
      let next = origin
      return pairs.flatMap(([length, behind]): Step[] => {
        const segment: Step = { kind: 'segment', sequence: next | 0, length }
        next = (next + length) | 0
        return behind === null ? [segment] : [segment, { kind: 'ack', number: (next - behind) | 0 }]
      })
    })
}

const TCP_ACK = 0x10

/** One connection whose first side sends data and whose other side acknowledges; both count from the frame number. */
class Exchange {
  readonly core: Core
  private readonly packet = new Packet()

  constructor(mostUnacked: number) {
    this.core = new Core({
      maxUnackedSegments: mostUnacked,
      conversations: false,
      ownView: false,
      tells: 0,
      takeText: null,
    })
    this.packet.ipLayers.set([4, 1, 0, 0, 0, 2])
    this.packet.ipLayerCount = 1
    this.packet.tcpHeaderLength = 20
    this.packet.dataEnd = 20
  }

  get frame(): number {
    return this.packet.number
  }

  data(sequence: number, length: number): Segment {
    return this.take(1000, 80, sequence, 0, 0, length)
  }

  /** An empty segment; its own sequence number moves on, so that it repeats nothing. */
  acknowledge(number: number): Segment {
    return this.take(80, 1000, this.packet.number * 10_000, number, TCP_ACK, 0)
  }

  private take(from: number, to: number, sequence: number, ack: number, flags: number, length: number): Segment {
    const { packet } = this
    packet.number++
    packet.timeNs += 1e9
    packet.ipLayers.set(from === 1000 ? [1, 0, 0, 0, 2] : [2, 0, 0, 0, 1], 1)
    packet.sourcePort = from
    packet.destinationPort = to
    packet.sequence = sequence | 0
    packet.acknowledgment = ack
    packet.tcpFlags = flags
    packet.payloadLength = length
    packet.window = 1000
    return this.core.takeTcp(packet)
  }
}

/** The first segment opens the connection and gives the base. */
function agree(origin: number, steps: readonly Step[]): void {
  const exchange = new Exchange(1000)
  const plain = new PlainQueue()
  const base = (origin - 1) | 0
  const send = (sequence: number, length: number) => {
    const { bytesInFlight } = exchange.data(sequence, length)
    plain.entries.unshift({ frame: exchange.frame, start: sequence, end: (sequence + length) | 0 })
    if (bytesInFlight > 0) expect(bytesInFlight).toBe(plain.span(base) >>> 0)
  }
  send(origin, 1)
  for (const step of steps) {
    if (step.kind === 'segment') send(step.sequence, step.length)
    else expect(exchange.acknowledge(step.number).acknowledgedFrame).toBe(plain.acknowledge(step.number))
  }
}

describe('unacknowledged segments', () => {
  const origins = fc.constantFrom(1000, 0x7fffff00, -500, -1, 0x12345678)

  it('are what a plain list keeps, whatever is sent and acknowledged', () => {
    fc.assert(
      fc.property(
        origins.chain((origin) => fc.tuple(fc.constant(origin), stepsFrom(origin))),
        ([origin, steps]) => agree(origin, steps),
      ),
      { numRuns: 1000 },
    )
  })

  it('are what a plain list keeps of segments in order, where the walk stops early', () => {
    fc.assert(
      fc.property(
        origins.chain((origin) => fc.tuple(fc.constant(origin), inOrderFrom(origin))),
        ([origin, steps]) => agree(origin, steps),
      ),
      { numRuns: 1000 },
    )
  })

  it('are remembered up to the limit, and the rest is counted', () => {
    const exchange = new Exchange(10)
    for (let i = 0; i < 15; i++) exchange.data(i * 10, 10)
    expect(exchange.core.droppedUnacked).toBe(5)
  })
})
