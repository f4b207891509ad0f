import type { RecordedFrame } from '../network/recording.ts'
import { capturedAtClient, capturedAtServer, capturedBetween } from '../network/ways.ts'
import { httpGet, httpResponse } from '../payloads/http.ts'
import type { Scenario } from '../scenario.ts'
import type { Stage } from '../stage.ts'
import { MS, megabits, SECOND } from '../units.ts'
import { download, playConnection } from './play-connection.ts'

/** Ordinary work: pages every 0.4 s, for some seconds. */
function browse(stage: Stage, pages: number): void {
  for (let i = 0; i < pages; i++) {
    playConnection(stage, {
      way: capturedAtServer(20 * MS, { towardsClient: { bytesPerSecond: megabits(100) } }),
      startNs: i * 400 * MS,
      turns: [
        { from: 'client', payload: httpGet(`/page/${i}`), afterNs: 2 * MS },
        { from: 'server', payload: httpResponse(200, 20_000), afterNs: 4 * MS },
      ],
    })
  }
}

const shifted = (frame: RecordedFrame, byNs: number): RecordedFrame => ({ ...frame, timeNs: frame.timeNs + byNs })

export const mirroredDuplicates: Scenario = {
  name: 'mirrored-duplicates',
  story:
    'A switch mirrors both ports that a download passes, so every frame is recorded twice, 3 µs apart; nothing is wrong with the network.',
  play: (stage) => {
    playConnection(stage, {
      way: capturedBetween(4 * MS, 30 * MS, { towardsClient: { bytesPerSecond: megabits(100) } }),
      turns: download(200_000),
    })
    stage.recording.change((frames) =>
      frames.flatMap((frame) => [frame, shifted(frame, 3000)]).toSorted((a, b) => a.timeNs - b.timeNs),
    )
    return { expected: [{ kind: 'capture-duplicates' }], failingChecks: ['no-capture-duplicates'] }
  },
}

export const clockStepBack: Scenario = {
  name: 'clock-step-back',
  story: 'The clock of the capturing host is set back by two seconds in the middle of ordinary browsing.',
  play: (stage) => {
    browse(stage, 30)
    stage.recording.change((frames) =>
      frames.map((frame) => (frame.timeNs > 6.1 * SECOND ? shifted(frame, -2 * SECOND) : frame)),
    )
    return { expected: [], failingChecks: ['monotone-clock'] }
  },
}

export const clockStepForward: Scenario = {
  name: 'clock-step-forward',
  story:
    'The clock of the capturing host jumps ahead by two minutes in the middle of a download; the timestamps of both sides do not.',
  play: (stage) => {
    playConnection(stage, {
      way: capturedAtClient(20 * MS, { towardsClient: { bytesPerSecond: megabits(10) } }),
      turns: download(2_000_000),
    })
    stage.recording.change((frames) =>
      frames.map((frame) => (frame.timeNs > SECOND ? shifted(frame, 120 * SECOND) : frame)),
    )
    return { expected: [], failingChecks: ['monotone-clock'] }
  },
}

export const asymmetricRoute: Scenario = {
  name: 'asymmetric-route',
  story:
    'What the servers send takes another way, past the capture point: of forty connections only one direction is seen.',
  play: (stage) => {
    browse(stage, 40)
    stage.recording.change((frames) => frames.filter(({ labels }) => labels.includes('client')))
    return { expected: [{ kind: 'one-way-connections', evidence: ['syn'] }], failingChecks: ['both-directions'] }
  },
}
