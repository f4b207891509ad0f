import { describe, expect, it } from 'vitest'
import type { RecordedFrame } from '../src/network/recording.ts'
import { capturedAtClient, capturedAtServer, type WayOptions } from '../src/network/ways.ts'
import { Stage } from '../src/stage.ts'
import { download, playConnection } from '../src/stories/play-connection.ts'
import type { SocketOptions } from '../src/tcp/socket-options.ts'
import { MS, SECOND } from '../src/units.ts'

/** Frames of one connection with these labels, in order. */
function framesOf(play: (stage: Stage) => void, ...labels: readonly string[]): readonly RecordedFrame[] {
  const stage = new Stage(1, 4)
  play(stage)
  stage.simulation.run()
  const { frames } = stage.recording.complete()
  return frames.filter((frame) => labels.every((label) => frame.labels.includes(label)))
}

const secondsOf = (frames: readonly RecordedFrame[]) => frames.map(({ timeNs }) => Math.round(timeNs / SECOND))

/** A download of 100 kB over a way that loses what it is told to. */
function lossy(stage: Stage, towardsClient: WayOptions['towardsClient'], clientOptions: SocketOptions = {}): void {
  const way = capturedAtServer(40 * MS, { ...(towardsClient === undefined ? {} : { towardsClient }) })
  playConnection(stage, { way, turns: download(100_000), clientOptions })
}

describe('the model of TCP', () => {
  it('repeats a SYN after 1, 2, 4, 8, 16 and 32 seconds (RFC 6298)', () => {
    const syns = framesOf((stage) => {
      const way = capturedAtClient(10 * MS)
      playConnection(stage, { way, turns: [], clientOptions: { synRetries: 6 }, serverOptions: { answer: 'drop' } })
    }, 'syn')
    expect(secondsOf(syns)).toEqual([0, 1, 3, 7, 15, 31, 63])
  })

  it('sends a lost segment again within two round trips, and only that one', () => {
    const repeats = framesOf((stage) => lossy(stage, { isLost: (_, ordinal) => ordinal === 20 }), 'repeat')
    expect(repeats.length).toBe(1)
    expect(repeats[0].timeNs).toBeLessThan(250 * MS)
  })

  it('sends nothing again where nothing is lost, and where segments overtake each other by two', () => {
    expect(framesOf((stage) => lossy(stage, {}), 'repeat')).toEqual([])
    const late = (_: unknown, ordinal: number) => (ordinal % 10 === 5 ? 0.02 * MS : 0)
    expect(framesOf((stage) => lossy(stage, { extraDelayNs: late }), 'repeat')).toEqual([])
  })

  it('waits ever longer for data that never arrives', () => {
    const repeats = framesOf((stage) => lossy(stage, { isLost: (_, ordinal) => ordinal > 10 }), 'repeat', 'server')
    const gaps = repeats.slice(1).map(({ timeNs }, i) => timeNs - repeats[i].timeNs)
    const long = gaps.filter((gapNs) => gapNs > 300 * MS)
    expect(long.length).toBeGreaterThan(4)
    for (const [i, gapNs] of long.slice(1).entries()) expect(gapNs / long[i]).toBeCloseTo(2, 0)
  })

  it('closes the window of a reader that pauses, and asks for it', () => {
    const play = (stage: Stage) =>
      lossy(
        stage,
        {},
        { receiveBufferBytes: 20_000, reader: { pause: { afterBytes: 30_000, durationNs: 3 * SECOND } } },
      )
    expect(framesOf(play, 'zero-window').length).toBeGreaterThan(1)
    expect(framesOf(play, 'window-probe').length).toBeGreaterThan(1)
    expect(framesOf(play, 'window-update').length).toBe(1)
  })

  it('delays the acknowledgment of a single segment by 40 ms', () => {
    const frames = framesOf((stage) => {
      const turns = [{ from: 'client' as const, payload: new Uint8Array(100) }]
      playConnection(stage, { way: capturedAtServer(10 * MS), turns, ending: { by: 'nobody' } })
    }, 'server')
    const [, ack] = frames
    expect(Math.round(ack.timeNs / MS)).toBe(15 + 40)
  })
})
