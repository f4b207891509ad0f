import { capturedAtClient, capturedAtServer, capturedBetween } from '../network/ways.ts'
import { httpGet, httpResponse } from '../payloads/http.ts'
import { filler } from '../payloads/text.ts'
import type { Scenario } from '../scenario.ts'
import { MINUTE, MS, SECOND } from '../units.ts'
import { playConnection } from './play-connection.ts'

export const resetDuringRequest: Scenario = {
  name: 'reset-during-request',
  story: 'A server resets six connections right after it has got the request, without an answer.',
  play: (stage) => {
    for (let i = 0; i < 6; i++) {
      playConnection(stage, {
        way: capturedAtClient(18 * MS),
        startNs: i * SECOND,
        turns: [{ from: 'client', payload: httpGet(`/admin/${i}`), afterNs: MS }],
        ending: { by: 'server', with: 'reset', afterNs: 3 * MS },
      })
    }
    return { expected: [{ kind: 'tcp-reset-request', subject: [stage.outside(80)], evidence: ['reset'] }] }
  },
}

export const resetAfterClose: Scenario = {
  name: 'reset-after-close',
  story: 'A browser ends its connections with a reset once it has the whole answer: nothing is wrong.',
  play: (stage) => {
    for (let i = 0; i < 20; i++) {
      playConnection(stage, {
        way: capturedAtServer(18 * MS),
        startNs: i * 400 * MS,
        turns: [
          { from: 'client', payload: httpGet(`/page/${i}`) },
          { from: 'server', payload: httpResponse(200, 4000), afterNs: 2 * MS },
        ],
        ending: { by: 'client', with: 'reset', afterNs: 40 * MS },
      })
    }
    return { expected: [] }
  },
}

export const idleTimeout: Scenario = {
  name: 'middlebox-idle-timeout',
  story:
    'A firewall forgets a database connection that was idle for ten minutes, and silently drops the next query and its repeats.',
  play: (stage) => {
    let isForgotten = false
    playConnection(stage, {
      way: capturedBetween(2 * MS, 4 * MS, {}, { towardsServer: { isLost: () => isForgotten } }),
      server: stage.inside(54, 2),
      port: 6432,
      turns: [
        { from: 'client', payload: filler(120), afterNs: MS },
        { from: 'server', payload: filler(900), afterNs: 3 * MS },
        { from: 'client', payload: filler(130), afterNs: 10 * MINUTE },
      ],
      ending: { by: 'nobody' },
    })
    stage.simulation.at(MINUTE, () => {
      isForgotten = true
    })
    return {
      expected: [{ kind: 'tcp-peer-silent', subject: [stage.inside(54, 2)], evidence: ['repeat'] }],
      allowed: ['tcp-loss'],
    }
  },
}

export const portReuse: Scenario = {
  name: 'port-reuse',
  story:
    'A client uses the same port for eight connections to a server, one after the other: new connections, no repeated SYNs.',
  play: (stage) => {
    const client = stage.from(stage.inside(10))
    for (let i = 0; i < 8; i++) {
      // both ends stay the same, so each connection has a way of its own
      playConnection(stage, {
        way: capturedAtClient(10 * MS),
        startNs: i * 8 * SECOND,
        clientPort: client.port,
        turns: [
          { from: 'client', payload: httpGet(`/status/${i}`) },
          { from: 'server', payload: httpResponse(200, 700), afterNs: 3 * MS },
        ],
      })
    }
    return { expected: [] }
  },
}
