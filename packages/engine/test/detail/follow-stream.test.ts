import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StreamFollower } from '../../src/detail/index.ts'
import { FrameFacts } from '../../src/filter/index.ts'
import { CaptureRun, DRAIN_ENDED, withLimits } from '../../src/observe.ts'
import { buildPcap, TcpConversation, type TestFrame } from '../../src/testing/index.ts'

const client = { address: '10.0.0.1', port: 40_000 }
const server = { address: '192.0.2.7', port: 80 }

function follow(frames: readonly TestFrame[], mostBytes = 1 << 20): StreamFollower {
  const follower = new StreamFollower(mostBytes)
  const facts = new FrameFacts((index) => run.pipeline.flow.at(index))
  const run: CaptureRun = new CaptureRun(withLimits(undefined), [facts.on, { frame: () => follower.add(facts) }], {
    ownView: true,
    protocols: true,
  })
  run.beginFile('x')
  run.input.push(buildPcap(frames))
  run.input.finish()
  while (run.drain() !== DRAIN_ENDED);
  run.endFile()
  run.finish()
  follower.end()
  return follower
}

const sent = (follower: StreamFollower, direction: 0 | 1) =>
  Buffer.concat(follower.turns.filter((turn) => turn.direction === direction).map(({ bytes }) => bytes)).toString()

describe('following a stream', () => {
  it('gives what each side sent, whatever was lost, sent again or swapped on the way', () => {
    const pieces = fc.array(fc.string({ minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(pieces, fc.array(fc.nat(7), { maxLength: 4 }), fc.nat(6), (texts, again, swap) => {
        const frames: TestFrame[] = []
        const talk = new TcpConversation(client, server, frames).open(0, 1_000_000)
        const bytes = texts.map((text) => new TextEncoder().encode(text))
        const starts = bytes.map((_, i) => 1 + bytes.slice(0, i).reduce((sum, one) => sum + one.length, 0))
        for (const [i, payload] of bytes.entries()) talk.send('client', (i + 2) * 1_000_000, { payload })
        again.forEach((i, k) => {
          if (i < bytes.length) talk.send('client', (20 + k) * 1_000_000, { payload: bytes[i], at: starts[i] })
        })
        const at = 3 + swap
        if (at + 1 < 3 + bytes.length) [frames[at], frames[at + 1]] = [frames[at + 1], frames[at]]
        const follower = follow(frames)
        expect(sent(follower, 0)).toBe(Buffer.concat(bytes).toString())
        expect(follower.turns.every(({ missingBytes }) => missingBytes === 0)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('says where bytes are missing, and when there are too many', () => {
    const frames: TestFrame[] = []
    const payload = new TextEncoder().encode('0123456789')
    new TcpConversation(client, server, frames)
      .open(0, 1_000_000)
      .send('client', 2_000_000, { payload })
      .send('client', 3_000_000, { payload })
      .send('client', 4_000_000, { payload })
    frames.splice(4, 1)
    const follower = follow(frames)
    expect(follower.turns.map(({ missingBytes }) => missingBytes)).toEqual([0, 10])
    const cut = follow(frames, 5)
    expect([cut.isCut, sent(cut, 0)]).toEqual([true, '01234'])
  })
})
