import { capturedAtClient, capturedAtServer } from '../network/ways.ts'
import { filler } from '../payloads/text.ts'
import type { Scenario } from '../scenario.ts'
import { MS, SECOND } from '../units.ts'
import { playConnection } from './play-connection.ts'

/** Counts of the same repeated SYNs. */
const repeatedSyns = ['tcp-retransmissions', 'tcp-syn-retransmissions']

export const refusedPort: Scenario = {
  name: 'refused-port',
  story: 'A client tries five times to connect to a port where nothing listens, and is refused each time.',
  play: (stage) => {
    for (let i = 0; i < 5; i++) {
      playConnection(stage, {
        way: capturedAtClient(12 * MS),
        startNs: i * 2 * SECOND,
        turns: [],
        port: 8443,
        serverOptions: { answer: 'refuse' },
      })
    }
    return {
      expected: [{ kind: 'tcp-refused', subject: [stage.outside(80), '8443'], evidence: ['refusal'] }],
    }
  },
}

export const filteredPort: Scenario = {
  name: 'filtered-port',
  story:
    'A firewall drops all SYNs to a port: the client repeats its SYN after 1, 2, 4, 8, 16 and 32 seconds and gives up.',
  play: (stage) => {
    playConnection(stage, {
      way: capturedAtClient(12 * MS),
      turns: [],
      port: 443,
      clientOptions: { synRetries: 6 },
      serverOptions: { answer: 'drop' },
    })
    return {
      expected: [{ kind: 'tcp-no-answer', subject: [stage.outside(80), '443'], evidence: ['syn'] }],
      allowed: repeatedSyns,
    }
  },
}

export const lateServer: Scenario = {
  name: 'syn-answered-late',
  story:
    'The first two SYNs of a connection are lost on the way to the server; the third opens it, three seconds later.',
  play: (stage) => {
    const lost = new Set<number>()
    playConnection(stage, {
      way: capturedAtClient(30 * MS, {
        towardsServer: {
          isLost: ({ flags, timestamp }) => flags === 'S' && lost.size < 2 && lost.add(timestamp).size > 0,
        },
      }),
      turns: [
        { from: 'client', payload: filler(200) },
        { from: 'server', payload: filler(900), afterNs: 2 * MS },
      ],
      port: 5000,
    })
    return {
      expected: [{ kind: 'tcp-syn-retried', subject: [stage.outside(80), '5000'] }],
      allowed: repeatedSyns,
    }
  },
}

export const halfOpen: Scenario = {
  name: 'half-open-handshakes',
  story:
    'Four clients behind a broken load balancer never send the last ACK of their handshakes; the server repeats its SYN-ACKs.',
  play: (stage) => {
    for (let i = 0; i < 4; i++) {
      playConnection(stage, {
        way: capturedAtServer(25 * MS),
        startNs: i * 3 * SECOND,
        client: stage.outside(20),
        server: stage.inside(80),
        turns: [],
        clientOptions: { isHalfOpen: true },
      })
    }
    return {
      expected: [{ kind: 'tcp-half-open', subject: [stage.outside(20)] }],
      allowed: repeatedSyns,
    }
  },
}

export const slowAccept: Scenario = {
  name: 'slow-accept',
  story: 'A server with a full listen queue needs two seconds to answer SYNs, though data travels there in 20 ms.',
  play: (stage) => {
    for (let i = 0; i < 6; i++) {
      playConnection(stage, {
        way: capturedAtClient(20 * MS),
        startNs: i * 5 * SECOND,
        turns: [
          { from: 'client', payload: filler(300) },
          { from: 'server', payload: filler(600), afterNs: MS },
        ],
        port: 5000,
        clientOptions: { synRetries: 6 },
        serverOptions: { acceptAfterNs: 900 * MS },
      })
    }
    return { expected: [{ kind: 'tcp-handshake-slow-server', subject: [stage.outside(80)] }] }
  },
}
