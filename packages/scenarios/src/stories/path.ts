import { type Endpoint, icmpFrame } from '@pcap-analyzer/engine/testing'
import { capturedAtClient, capturedAtServer } from '../network/ways.ts'
import { httpGet, httpResponse } from '../payloads/http.ts'
import { filler, joined } from '../payloads/text.ts'
import type { Scenario } from '../scenario.ts'
import type { Stage } from '../stage.ts'
import { frameOf, type Segment } from '../tcp/segment.ts'
import { MS, megabits, SECOND } from '../units.ts'
import { download, playConnection } from './play-connection.ts'

const TUNNEL_MTU = 1380

export const mtuBlackHole: Scenario = {
  name: 'mtu-black-hole',
  story:
    'A tunnel on the way takes packets up to 1380 bytes and drops larger ones without a word: the response never arrives.',
  play: (stage) => {
    playConnection(stage, {
      way: capturedAtServer(30 * MS, { towardsClient: { mtuBytes: TUNNEL_MTU } }),
      turns: [
        { from: 'client', payload: httpGet('/small') },
        { from: 'server', payload: httpResponse(200, 400), afterNs: MS },
        { from: 'client', payload: httpGet('/large'), afterNs: 50 * MS },
        { from: 'server', payload: httpResponse(200, 60_000), afterNs: MS },
      ],
      serverOptions: { dataRetries: 6 },
      ending: { by: 'nobody' },
    })
    return {
      expected: [
        { kind: 'path-mtu-black-hole', subject: [stage.outside(80), stage.inside(10)], evidence: ['repeat', 'server'] },
      ],
      allowed: ['tcp-loss'],
    }
  },
}

export const mtuTold: Scenario = {
  name: 'mtu-told-by-icmp',
  story: 'A tunnel takes packets up to 1380 bytes; its router tells the server, which at once sends smaller ones.',
  play: (stage) => {
    let isTold = false
    const onTooBig = (segment: Segment) => {
      if (isTold) return
      isTold = true
      stage.simulation.after(12 * MS, () => {
        const message = tooBigMessage(stage, segment)
        stage.record(stage.simulation.nowNs, message, 'too-big')
        connection.server.sender.lowerSegments(TUNNEL_MTU)
      })
    }
    const connection = playConnection(stage, {
      way: capturedAtServer(30 * MS, { towardsClient: { mtuBytes: TUNNEL_MTU, onTooBig } }),
      turns: download(60_000),
    })
    return {
      expected: [{ kind: 'icmp-packet-too-big', evidence: ['too-big'] }],
      allowed: ['tcp-loss'],
    }
  },
}

/** Fragmentation needed (RFC 1191) or Packet Too Big (RFC 4443 §3.2), with the packet that was dropped. */
function tooBigMessage(stage: Stage, segment: Segment): Uint8Array {
  const quoted = frameOf(segment, 60).subarray(14)
  const isV6 = stage.ipVersion === 6
  const header = isV6
    ? [2, 0, 0, 0, 0, 0, TUNNEL_MTU >> 8, TUNNEL_MTU & 255]
    : [3, 4, 0, 0, 0, 0, TUNNEL_MTU >> 8, TUNNEL_MTU & 255]
  const message = joined(header, quoted.subarray(0, isV6 ? 1232 : 28))
  return icmpFrame(stage.outside(1, 1), segment.from.address, message, { hopLimit: 60 })
}

export const bufferbloat: Scenario = {
  name: 'bufferbloat',
  story:
    'An upload fills a queue of 250 kB before a link of 2 Mbit/s, so that small requests beside it wait for a second.',
  play: (stage) => {
    const way = capturedAtClient(30 * MS, {
      towardsServer: { bytesPerSecond: megabits(2), queueBytes: 250_000 },
      towardsClient: { bytesPerSecond: megabits(50) },
    })
    const path = stage.path(way)
    const client = stage.inside(10)
    const start = (server: Endpoint) => stage.connection(path, { client: stage.from(client), server })
    playConnection(stage, {
      way,
      connection: start({ address: stage.outside(90), port: 8730 }),
      turns: [
        { from: 'client', payload: filler(3_000_000), afterNs: 2 * SECOND },
        { from: 'server', payload: filler(40), afterNs: 5 * MS },
      ],
    })
    playConnection(stage, {
      way,
      connection: start({ address: stage.outside(80), port: 80 }),
      turns: Array.from({ length: 16 }, (_, i) => [
        { from: 'client' as const, payload: httpGet(`/ping/${i}`), afterNs: 300 * MS },
        { from: 'server' as const, payload: httpResponse(200, 60), afterNs: 2 * MS },
      ]).flat(),
    })
    return { expected: [{ kind: 'bufferbloat', subject: [client] }], allowed: ['tcp-loss'] }
  },
}

export const nagleDelayedAck: Scenario = {
  name: 'nagle-delayed-ack',
  story:
    'A client with Nagle writes each request in two small parts; the second waits 40 ms for the delayed acknowledgment of the first.',
  play: (stage) => {
    playConnection(stage, {
      way: capturedAtClient(2 * MS),
      server: stage.inside(54, 2),
      port: 5000,
      clientOptions: { hasNagle: true },
      turns: Array.from({ length: 100 }, (_, i) => [
        { from: 'client' as const, payload: filler(180 + (i % 7)), writes: [40], afterNs: 20 * MS },
        { from: 'server' as const, payload: filler(400), afterNs: MS },
      ]).flat(),
    })
    return { expected: [{ kind: 'tcp-nagle-delayed-ack', subject: [stage.inside(10)] }] }
  },
}
