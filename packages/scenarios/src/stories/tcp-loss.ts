import { capturedAtClient, capturedAtServer, capturedBetween } from '../network/ways.ts'
import type { Scenario } from '../scenario.ts'
import { MS, megabits } from '../units.ts'
import { download, playConnection } from './play-connection.ts'

const rate = megabits(100)

export const lossBeforeCapture: Scenario = {
  name: 'loss-before-capture',
  story: 'One segment of a download, the 60th, is lost on its way to the client, where the capture runs.',
  play: (stage) => {
    const way = capturedAtClient(40 * MS, {
      towardsClient: { bytesPerSecond: rate, isLost: (_, ordinal) => ordinal === 60 },
    })
    playConnection(stage, { way, turns: download(300_000) })
    return { expected: [{ kind: 'tcp-loss', evidence: ['repeat'] }] }
  },
}

export const lossAfterCapture: Scenario = {
  name: 'loss-after-capture',
  story: 'One segment of a download, the 60th, is lost behind the server, where the capture runs.',
  play: (stage) => {
    const way = capturedAtServer(40 * MS, {
      towardsClient: { bytesPerSecond: rate, isLost: (_, ordinal) => ordinal === 60 },
    })
    playConnection(stage, { way, turns: download(300_000) })
    return { expected: [{ kind: 'tcp-loss', evidence: ['repeat'] }] }
  },
}

export const burstLoss: Scenario = {
  name: 'burst-loss',
  story: 'Twelve segments of a download in a row are lost between the capture point and the client.',
  play: (stage) => {
    const isLost = (_: unknown, ordinal: number) => ordinal >= 80 && ordinal < 92
    const way = capturedBetween(20 * MS, 30 * MS, { towardsClient: { bytesPerSecond: rate, isLost } })
    playConnection(stage, { way, turns: download(400_000) })
    return { expected: [{ kind: 'tcp-loss', evidence: ['repeat'] }] }
  },
}

export const tailLoss: Scenario = {
  name: 'tail-loss',
  story: 'The last segment of a response is lost, so that only the retransmission timer notices it.',
  play: (stage) => {
    const way = capturedAtServer(40 * MS, {
      towardsClient: { isLost: ({ flags, labels }) => flags.includes('P') && !labels.includes('repeat') },
    })
    playConnection(stage, { way, turns: download(20_000) })
    return { expected: [{ kind: 'tcp-loss', evidence: ['repeat'] }] }
  },
}

export const reordering: Scenario = {
  name: 'reordering',
  story: 'Every 25th segment of a download is overtaken by two others; nothing is lost.',
  play: (stage) => {
    const way = capturedAtClient(40 * MS, {
      towardsClient: {
        bytesPerSecond: rate,
        extraDelayNs: (_, ordinal) => (ordinal > 0 && ordinal % 25 === 0 ? 0.3 * MS : 0),
      },
    })
    playConnection(stage, { way, turns: download(300_000) })
    return { expected: [] }
  },
}
