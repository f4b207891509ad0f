import { capturedAtClient, capturedAtServer } from '../network/ways.ts'
import { httpGet, httpResponse } from '../payloads/http.ts'
import type { Scenario } from '../scenario.ts'
import type { Turn } from '../tcp/connection.ts'
import { MS, SECOND } from '../units.ts'
import { playConnection } from './play-connection.ts'

export const slowServer: Scenario = {
  name: 'slow-server',
  story: 'The network is fast, but the server thinks for three seconds before it answers a report request.',
  play: (stage) => {
    playConnection(stage, {
      way: capturedAtClient(20 * MS),
      turns: [
        { from: 'client', payload: httpGet('/report'), afterNs: MS },
        { from: 'server', payload: httpResponse(200, 30_000), afterNs: 3 * SECOND },
      ],
    })
    return {
      expected: [{ kind: 'http-slow-server' }, { kind: 'answer-awaited', subject: [stage.outside(80)] }],
    }
  },
}

export const slowResponses: Scenario = {
  name: 'http-slow-responses',
  story:
    'One in four of the responses of a web server takes between 1.2 and 2 seconds to begin, the others a few milliseconds.',
  play: (stage) => {
    const turns = Array.from({ length: 40 }, (_, i): Turn[] => [
      { from: 'client', payload: httpGet(`/item/${i}`), afterNs: 20 * MS },
      {
        from: 'server',
        payload: httpResponse(200, 2000),
        afterNs: i % 4 === 3 ? stage.random.between(1200, 2000) * MS : 4 * MS,
      },
    ])
    playConnection(stage, { way: capturedAtClient(20 * MS), turns: turns.flat() })
    return { expected: [{ kind: 'http-slow-server' }] }
  },
}

export const serverErrors: Scenario = {
  name: 'http-5xx-burst',
  story: 'A web server answers well for a while, then twenty requests in a row with 503, then well again.',
  play: (stage) => {
    for (let i = 0; i < 60; i++) {
      const isBroken = i >= 25 && i < 45
      playConnection(stage, {
        way: capturedAtServer(15 * MS),
        startNs: i * 150 * MS,
        turns: [
          { from: 'client', payload: httpGet(`/cart/${i}`) },
          { from: 'server', payload: httpResponse(isBroken ? 503 : 200, isBroken ? 190 : 1200), afterNs: 5 * MS },
        ],
        ...(isBroken ? { labels: ['broken'] } : {}),
      })
    }
    return { expected: [{ kind: 'http-server-errors', evidence: ['broken', 'server', 'data'] }] }
  },
}

export const slowClient: Scenario = {
  name: 'slow-client',
  story: 'A person reads for seconds between clicks: the connection waits for the client, and nothing is wrong.',
  play: (stage) => {
    const turns = Array.from({ length: 8 }, (_, i): Turn[] => [
      { from: 'client', payload: httpGet(`/page/${i}`), afterNs: i === 0 ? MS : stage.random.between(2, 9) * SECOND },
      { from: 'server', payload: httpResponse(200, 12_000), afterNs: 8 * MS },
    ])
    playConnection(stage, { way: capturedAtClient(25 * MS), turns: turns.flat() })
    return { expected: [] }
  },
}
