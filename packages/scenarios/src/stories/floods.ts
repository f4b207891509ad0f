import { tcpFrame, udpFrame } from '@pcap-analyzer/engine/testing'
import { capturedAtServer } from '../network/ways.ts'
import { httpGet, httpResponse } from '../payloads/http.ts'
import type { Scenario } from '../scenario.ts'
import type { Stage } from '../stage.ts'
import { MS, SECOND } from '../units.ts'
import { playConnection } from './play-connection.ts'
import { echo, forgedAddress } from './probe.ts'

/** Visitors of a web server inside, one after the other. */
function visits(stage: Stage, seconds: number): void {
  for (let atNs = 0; atNs < seconds * SECOND; atNs += stage.random.exponential(SECOND)) {
    playConnection(stage, {
      way: capturedAtServer(stage.random.between(10, 60) * MS),
      startNs: Math.round(atNs),
      client: stage.outside(stage.random.integer(1, 250), 1),
      server: stage.inside(80),
      turns: [
        { from: 'client', payload: httpGet('/') },
        { from: 'server', payload: httpResponse(200, 5000), afterNs: 3 * MS },
      ],
    })
  }
}

export const synFlood: Scenario = {
  name: 'syn-flood',
  story:
    'In ten minutes of ordinary visits, a web server gets four hundred SYNs a second from forged addresses for twelve seconds.',
  play: (stage) => {
    visits(stage, 600)
    const target = { address: stage.inside(80), port: 80 }
    for (let atNs = 300 * SECOND; atNs < 312 * SECOND; atNs += 2.5 * MS) {
      const from = { address: forgedAddress(stage), port: stage.random.integer(1024, 65_535) }
      const sequence = stage.random.integer(1, 2 ** 32 - 1)
      stage.record(atNs, tcpFrame(from, target, { sequence, flags: 'S', hopLimit: 240 }), 'flood')
      const answer = { sequence: stage.random.integer(1, 2 ** 32 - 1), acknowledgment: sequence + 1, flags: 'SA' }
      stage.record(atNs + 0.05 * MS, tcpFrame(target, from, answer))
    }
    return { expected: [{ kind: 'syn-flood', subject: [stage.inside(80), '80'], evidence: ['flood'] }] }
  },
}

export const udpFlood: Scenario = {
  name: 'udp-flood',
  story:
    'A game server gets three thousand datagrams a second from forged addresses for eight seconds, and answers none.',
  play: (stage) => {
    visits(stage, 60)
    const target = { address: stage.inside(77), port: 27_015 }
    for (let atNs = 20 * SECOND; atNs < 28 * SECOND; atNs += SECOND / 3000) {
      const from = { address: forgedAddress(stage), port: stage.random.integer(1024, 65_535) }
      stage.record(atNs, udpFrame(from, target, new Uint8Array(64), { hopLimit: 50 }), 'flood')
    }
    return { expected: [{ kind: 'udp-flood', subject: [stage.inside(77)], evidence: ['flood'] }] }
  },
}

export const icmpFlood: Scenario = {
  name: 'icmp-flood',
  story: 'One host sends a thousand echo requests a second for ten seconds; the target soon answers no more.',
  play: (stage) => {
    visits(stage, 60)
    const [source, target] = [stage.outside(66), stage.inside(77)]
    const body = new Uint8Array(56)
    for (let i = 0; i < 10_000; i++) {
      const atNs = 20 * SECOND + i * MS
      stage.record(atNs, echo(source, target, false, i, body), 'flood')
      if (i < 300) stage.record(atNs + 0.1 * MS, echo(target, source, true, i, body))
    }
    return { expected: [{ kind: 'icmp-flood', subject: [stage.inside(77)], evidence: ['flood'] }] }
  },
}

export const httpFlood: Scenario = {
  name: 'http-flood',
  story:
    'Beside ordinary visits, forty clients ask a web server for the same search two hundred times a second for ten seconds; it soon answers 503 only.',
  play: (stage) => {
    visits(stage, 60)
    for (let i = 0; i < 2000; i++) {
      playConnection(stage, {
        way: capturedAtServer(30 * MS),
        startNs: 20 * SECOND + i * 5 * MS,
        client: stage.outside(1 + (i % 40), 2),
        server: stage.inside(80),
        turns: [
          { from: 'client', payload: httpGet(`/search?q=${i}`) },
          { from: 'server', payload: httpResponse(i < 100 ? 200 : 503, 300), afterNs: 4 * MS },
        ],
      })
    }
    return { expected: [{ kind: 'http-flood', subject: [stage.inside(80)] }] }
  },
}

export const busyWebServer: Scenario = {
  name: 'busy-web-server',
  story:
    'A popular web server serves a hundred and fifty visitors a second for eight seconds, each with pages of its own.',
  play: (stage) => {
    for (let i = 0; i < 1200; i++) {
      playConnection(stage, {
        way: capturedAtServer(stage.random.between(10, 60) * MS),
        startNs: Math.round((i * SECOND) / 150),
        client: stage.outside(stage.random.integer(1, 250), stage.random.integer(1, 4)),
        server: stage.inside(80),
        turns: [
          { from: 'client', payload: httpGet(`/${stage.random.word(6)}`) },
          { from: 'server', payload: httpResponse(200, stage.random.integer(500, 4000)), afterNs: 3 * MS },
        ],
      })
    }
    return { expected: [] }
  },
}
