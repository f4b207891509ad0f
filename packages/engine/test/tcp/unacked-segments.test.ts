import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Packet } from '../../src/packet.ts'
import { ConnectionTable, SIDE_BASE, sideWord } from '../../src/tcp/connection-table.ts'
import { UnackedSegments } from '../../src/tcp/unacked-segments.ts'

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

function agree(origin: number, steps: readonly Step[]): void {
  const connections = new ConnectionTable()
  const at = sideWord(connections.add(), 0)
  connections.words[at + SIDE_BASE] = origin
  const queue = new UnackedSegments(1000)
  const plain = new PlainQueue()
  const packet = new Packet()
  for (const step of steps) {
    packet.number++
    if (step.kind === 'segment') {
      packet.sequence = step.sequence
      const end = (step.sequence + step.length) | 0
      queue.add(connections, at, packet, end)
      plain.entries.unshift({ frame: packet.number, start: step.sequence, end })
    } else {
      queue.acknowledge(connections.words, at, step.number)
      expect(queue.ackedFrame).toBe(plain.acknowledge(step.number))
    }
    expect(queue.isEmpty(connections.words, at)).toBe(plain.entries.length === 0)
    if (plain.entries.length === 0) continue
    expect(queue.oldestFrame(connections.words, at)).toBe(plain.entries.at(-1)?.frame)
    expect(queue.span(connections, at)).toBe(plain.span(origin))
  }
}

describe('UnackedSegments', () => {
  const origins = fc.constantFrom(0, 1000, 0x7fffff00, -500, -1, 0x12345678)

  it('does what a plain list does, whatever is sent and acknowledged', () => {
    fc.assert(
      fc.property(
        origins.chain((origin) => fc.tuple(fc.constant(origin), stepsFrom(origin))),
        ([origin, steps]) => agree(origin, steps),
      ),
      { numRuns: 2000 },
    )
  })

  it('does what a plain list does for segments in order, where it stops early', () => {
    fc.assert(
      fc.property(
        origins.chain((origin) => fc.tuple(fc.constant(origin), inOrderFrom(origin))),
        ([origin, steps]) => agree(origin, steps),
      ),
      { numRuns: 2000 },
    )
  })

  it('remembers no more than its limit and counts the rest', () => {
    const connections = new ConnectionTable()
    const at = sideWord(connections.add(), 0)
    const queue = new UnackedSegments(10)
    const packet = new Packet()
    for (let i = 0; i < 15; i++) {
      packet.sequence = i * 10
      queue.add(connections, at, packet, i * 10 + 10)
    }
    expect(queue.dropped).toBe(5)
    queue.clear(connections.words, at)
    expect(queue.isEmpty(connections.words, at)).toBe(true)
  })
})
