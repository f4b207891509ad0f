import { capturedAtClient, capturedAtServer } from '../network/ways.ts'
import { httpGet, httpResponse } from '../payloads/http.ts'
import type { Scenario } from '../scenario.ts'
import { MS, megabits, SECOND } from '../units.ts'
import { download, playConnection } from './play-connection.ts'

export const zeroWindow: Scenario = {
  name: 'zero-window-slow-reader',
  story:
    'The client of a download does not read for three seconds, so its receive window closes and the server has to wait.',
  play: (stage) => {
    playConnection(stage, {
      way: capturedAtServer(30 * MS, { towardsClient: { bytesPerSecond: megabits(100) } }),
      turns: download(600_000),
      clientOptions: {
        receiveBufferBytes: 65_536,
        reader: { pause: { afterBytes: 200_000, durationNs: 3 * SECOND } },
      },
    })
    return {
      expected: [{ kind: 'tcp-receiver-full', subject: [stage.inside(10)], evidence: ['zero-window'] }],
    }
  },
}

export const slowReader: Scenario = {
  name: 'slow-reader',
  story: 'The client reads a download at 100 kB/s only, so its window closes again and again.',
  play: (stage) => {
    playConnection(stage, {
      way: capturedAtClient(20 * MS, { towardsClient: { bytesPerSecond: megabits(100) } }),
      turns: download(400_000),
      clientOptions: { receiveBufferBytes: 32_768, reader: { bytesPerSecond: 100_000 } },
    })
    return {
      expected: [{ kind: 'tcp-receiver-full', subject: [stage.inside(10)], evidence: ['zero-window'] }],
      allowed: ['tcp-window-too-small'],
    }
  },
}

export const satelliteWindow: Scenario = {
  name: 'satellite-small-window',
  story: 'A download over a satellite with a round trip of 600 ms is held back by a receive window of 64 KiB.',
  play: (stage) => {
    playConnection(stage, {
      way: capturedAtServer(600 * MS, { towardsClient: { bytesPerSecond: megabits(50) } }),
      turns: [
        { from: 'client', payload: httpGet('/image.raw') },
        { from: 'server', payload: httpResponse(200, 1_500_000), afterNs: 2 * MS },
      ],
      clientOptions: { receiveBufferBytes: 65_535, windowShift: 0 },
    })
    return {
      expected: [
        { kind: 'tcp-window-too-small', subject: [stage.inside(10)] },
        { kind: 'tcp-handshake-slow-network', subject: [stage.inside(10)] },
      ],
    }
  },
}
