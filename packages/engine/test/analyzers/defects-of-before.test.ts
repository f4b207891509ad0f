import { describe, expect, it } from 'vitest'
import type { Report } from '../../src/report.ts'
import {
  absoluteTime,
  dnsMessage,
  type Endpoint,
  icmpFrame,
  TcpConversation,
  type TestFrame,
  tcpFrame,
  udpFrame,
} from '../../src/testing/index.ts'
import { factOf, findingsOf, reportOf, rowsOf } from './report-of.ts'

const MS = 1e6
const SECOND = 1e9
const client = { address: '192.0.2.1', port: 50_000 }
const server = { address: '192.0.2.2', port: 8000 }
const payload = new Uint8Array(1000)

const arp = new Uint8Array(60)
arp.set([8, 6, 0, 1, 8, 0, 6, 4, 0, 1], 12)

function at(timeNs: number, bytes: Uint8Array): TestFrame {
  return { bytes, ...absoluteTime(timeNs) }
}

/** A question and its answer, `latencyNs` apart. */
function lookup(from: Endpoint, to: Endpoint, rcode: number, startNs = 0, latencyNs = MS): TestFrame[] {
  const name = 'www.example.test'
  return [
    at(startNs, udpFrame(from, to, dnsMessage(7, name))),
    at(startNs + latencyNs, udpFrame(to, from, dnsMessage(7, name, rcode === 0 ? {} : { rcode }))),
  ]
}

/** Frames on which tshark, and so we, put a flag. */
function flagged(report: Report, flag: string): unknown {
  return rowsOf(report, 'tcp-health', 'tsharkFlags').find((row) => row.flag === `tcp.analysis.${flag}`)?.frames ?? 0
}

function oursOf(report: Report, name: string): unknown {
  return rowsOf(report, 'tcp-health', 'ourView').find((row) => row.class === name)?.segments ?? 0
}

describe('the reader', () => {
  it('numbers the frames of DNS and ICMP as Wireshark does, whatever stands before them', async () => {
    const resolver = { address: '192.0.2.53', port: 53 }
    const quoted = [0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 9, 0x30, 0x39, 0, 53, 0, 8, 0, 0]
    const unreachable = icmpFrame('192.0.2.254', '192.0.2.1', Uint8Array.from([3, 1, 0, 0, 0, 0, 0, 0, ...quoted]))
    const slow = lookup(client, resolver, 0, 2 * MS, 900 * MS)
    const report = await reportOf([at(0, arp), at(MS, arp), ...slow, at(2 * SECOND, unreachable)])
    expect(findingsOf(report, 'dns-slow')).toMatchObject([{ evidence: { frames: [4] } }])
    expect(findingsOf(report, 'icmp-unreachable')).toMatchObject([{ evidence: { frames: [5] } }])
  })

  it('has one total of packets, of frames of every kind', async () => {
    const { frames } = new TcpConversation(client, server).open(0, MS)
    const report = await reportOf([at(0, arp), ...frames])
    expect(report.capture.packets).toBe(4)
    expect(factOf(report, 'traffic', 'packets')).toBe(4)
  })

  it('keeps reports small: ten times the packets, a report of about the same size', async () => {
    const sizeOf = async (segments: number) => {
      const conversation = new TcpConversation(client, server).open(0, 10 * MS)
      for (let i = 0; i < segments; i++) {
        conversation.send('server', 20 * MS + i * MS, { payload })
        conversation.send('client', 20.2 * MS + i * MS)
      }
      return JSON.stringify(await reportOf(conversation.frames)).length
    }
    expect(await sizeOf(5000)).toBeLessThan(1.5 * (await sizeOf(500)))
  })
})

describe('silences', () => {
  it('obey the threshold that is set', async () => {
    const { frames } = new TcpConversation(client, server)
      .open(0, MS)
      .send('client', 2 * MS, { payload })
      .send('server', 1500 * MS, { payload })
    const silent = async (settings: Record<string, Record<string, number>>) =>
      factOf(await reportOf(frames, { settings }), 'silences', 'silentFlows')
    expect(await silent({})).toBe(0)
    expect(await silent({ silences: { tcpNs: SECOND } })).toBe(1)
  })
})

describe('handshakes', () => {
  it('are complete where the number of the SYN-ACK is the last of all', async () => {
    const frames = [
      at(0, tcpFrame(client, server, { sequence: 0xffff_ffff, flags: 'S' })),
      at(MS, tcpFrame(server, client, { sequence: 0xffff_ffff, acknowledgment: 0, flags: 'SA' })),
      at(1.1 * MS, tcpFrame(client, server, { sequence: 0, acknowledgment: 0, flags: 'A' })),
    ]
    const report = await reportOf(frames)
    expect(factOf(report, 'handshakes', 'completed')).toBe(1)
    expect(factOf(report, 'handshakes', 'halfOpen')).toBe(0)
  })
})

describe('retransmissions', () => {
  it('are not out of order, and a download acknowledges nothing twice', async () => {
    const conversation = new TcpConversation(client, server).open(0, 20 * MS)
    for (let i = 0; i < 100; i++) {
      conversation.send('server', 40 * MS + i * MS, { payload })
      if (i % 2 === 1) conversation.send('client', 40.5 * MS + i * MS)
    }
    const clean = await reportOf(conversation.frames)
    for (const flag of ['duplicate_ack', 'out_of_order', 'retransmission']) expect(flagged(clean, flag), flag).toBe(0)
    conversation.send('server', SECOND, { payload })
    conversation.send('server', 1.3 * SECOND, { payload, at: 100_001 }).send('client', 1.32 * SECOND)
    const lossy = await reportOf(conversation.frames)
    expect(flagged(lossy, 'retransmission')).toBe(1)
    expect(flagged(lossy, 'out_of_order')).toBe(0)
    expect(factOf(lossy, 'tcp-health', 'reorderedSegments')).toBe(0)
    expect(factOf(lossy, 'tcp-health', 'lostSegments')).toBe(1)
  })

  it('of a SYN are counted as such, and nothing tells another number', async () => {
    const frames = [0, 1, 3, 7].map((seconds) =>
      at(seconds * SECOND, tcpFrame(client, server, { sequence: 9, flags: 'S' })),
    )
    const report = await reportOf(frames)
    expect(flagged(report, 'retransmission')).toBe(3)
    expect(factOf(report, 'handshakes', 'synRetries')).toBe(3)
    expect(factOf(report, 'tcp-health', 'lostSegments')).toBe(0)
    expect(rowsOf(report, 'tcp-health', 'worstSenders')).toMatchObject([{ retransmissions: 3 }])
  })

  it('are counted by duplicate acknowledgments though the other side sends as well', async () => {
    const conversation = new TcpConversation(client, server).open(0, 20 * MS)
    conversation.send('client', 30 * MS, { payload, isUnseen: true })
    for (let i = 0; i < 4; i++) {
      conversation.send('client', 31 * MS + i * MS, { payload })
      conversation.send('server', 51.5 * MS + i * MS, { acknowledges: 1 })
      conversation.send('client', 51.7 * MS + i * MS, { payload: payload.subarray(0, 10) })
    }
    conversation.send('client', 60 * MS, { payload, at: 1 })
    const report = await reportOf(conversation.frames)
    expect(flagged(report, 'fast_retransmission')).toBe(1)
  })

  it('are neither keep-alives, nor probes of a closed window, nor its opening', async () => {
    const one = payload.subarray(0, 1)
    const kept = new TcpConversation(client, server).open(0, MS).send('client', 2 * MS, { payload })
    kept.send('server', 3 * MS).send('client', 60 * SECOND, { payload: one, at: 1000 })
    kept.send('server', 60.01 * SECOND)
    const alive = await reportOf(kept.frames)
    expect([flagged(alive, 'keep_alive'), flagged(alive, 'retransmission')]).toEqual([1, 0])
    expect(factOf(alive, 'tcp-health', 'lostSegments')).toBe(0)

    const closed = new TcpConversation(client, server).open(0, MS).send('client', 2 * MS, { payload })
    closed.send('server', 3 * MS, { window: 0 })
    for (const seconds of [0.3, 0.9]) {
      closed.send('client', seconds * SECOND, { payload: one, at: 1001 })
      closed.send('server', seconds * SECOND + MS, { window: 0, acknowledges: 1001 })
    }
    closed.send('server', 2 * SECOND, { acknowledges: 1001 })
    const full = await reportOf(closed.frames)
    expect(flagged(full, 'zero_window_probe')).toBeGreaterThan(0)
    expect(flagged(full, 'window_update')).toBe(1)
    expect(factOf(full, 'tcp-health', 'lostSegments')).toBe(0)
  })

  it('that overlap what was sent in part are no loss of their own where all had arrived', async () => {
    const conversation = new TcpConversation(client, server).open(0, 20 * MS)
    conversation.send('client', 30 * MS, { payload }).send('client', 31 * MS, { payload })
    conversation.send('server', 51 * MS).send('client', 300 * MS, { payload, at: 501 })
    const report = await reportOf(conversation.frames)
    expect(oursOf(report, 'needless')).toBe(1)
    expect(factOf(report, 'tcp-health', 'lostSegments')).toBe(0)
  })

  it('belong to their connection where a port is used again', async () => {
    const frames: TestFrame[] = []
    const first = new TcpConversation(client, server, frames).open(0, MS)
    first.send('client', 10 * MS, { payload }).send('client', 400 * MS, { payload, at: 1 })
    first.send('server', 401 * MS).close(500 * MS, MS)
    // the same number once more, in a new connection
    const second = new TcpConversation(client, server, frames, 600 * SECOND)
    second.send('client', 0, { flags: 'S', at: 900_000 }).send('server', MS, { flags: 'SA', at: 900_000 })
    second.send('client', 1.1 * MS, { at: 900_001, acknowledges: 900_001 })
    second.send('client', 2 * MS, { at: 900_001, acknowledges: 900_001, payload })
    const report = await reportOf(frames)
    expect(flagged(report, 'retransmission')).toBe(1)
    expect(rowsOf(report, 'tcp-health', 'worstSenders')).toMatchObject([{ stream: 0, retransmissions: 1 }])
  })
})

describe('connections', () => {
  it('that both sides close end closed', async () => {
    const { frames } = new TcpConversation(client, server)
      .open(0, MS)
      .send('client', 2 * MS, { payload })
      .close(SECOND, MS)
    const states = rowsOf(await reportOf(frames), 'connection-ends', 'states')
    const found = states.filter(({ connections }) => connections !== 0)
    expect(found).toEqual([{ state: 'closed', connections: 1 }])
  })
})

describe('DNS', () => {
  it.each([
    ['IPv4', '192.0.2.1', '192.0.2.53'],
    ['IPv6', '2001:db8::1', '2001:db8::53'],
  ])('is matched over UDP and TCP of %s', async (_, from, to) => {
    const asker = { address: from, port: 40_000 }
    const resolver = { address: to, port: 53 }
    const framed = (message: Uint8Array) => Uint8Array.from([message.length >> 8, message.length & 255, ...message])
    const { frames } = new TcpConversation(asker, resolver)
      .open(0, MS)
      .send('client', 2 * MS, { payload: framed(dnsMessage(1, 'a.example')) })
      .send('server', 12 * MS, { payload: framed(dnsMessage(1, 'a.example', { rcode: 2 })) })
    const report = await reportOf([...frames, ...lookup(asker, resolver, 0, SECOND)])
    expect(factOf(report, 'dns', 'transactions')).toBe(2)
    expect(factOf(report, 'dns', 'unanswered')).toBe(0)
    expect(factOf(report, 'dns', 'failures')).toBe(1)
  })

  it('does not lower the score for names that do not exist, as search paths ask for', async () => {
    const resolver = { address: '192.0.2.53', port: 53 }
    const NAME_ERROR = 3
    const frames = Array.from({ length: 20 }, (_, i) => lookup(client, resolver, NAME_ERROR, i * 10 * MS)).flat()
    const { health } = await reportOf(frames)
    const part = health.parts.find(({ id }) => id === 'name-resolution')
    expect(part?.penalty).toBe(0)
  })
})

describe('ICMPv6', () => {
  it('tells of packets too big', async () => {
    const quoted = [0x60, 0, 0, 0, 5, 0, 6, 64, ...new Uint8Array(32)]
    const message = Uint8Array.from([2, 0, 0, 0, 0, 0, 1280 >> 8, 1280 & 255, ...quoted])
    const report = await reportOf([icmpFrame('2001:db8::fe', '2001:db8::1', message)])
    expect(factOf(report, 'icmp', 'leastMtuBytes')).toBe(1280)
    expect(factOf(report, 'path-mtu', 'tooBig')).toBe(1)
  })
})

describe('services', () => {
  it('have no entry for each port of clients', async () => {
    const frames: TestFrame[] = []
    for (let i = 0; i < 30; i++)
      new TcpConversation({ ...client, port: 40_000 + i }, { ...server, port: 5432 }, frames, i * SECOND).open(0, MS)
    expect(rowsOf(await reportOf(frames), 'services', 'services')).toMatchObject([{ service: 'PostgreSQL', flows: 30 }])
  })
})

describe('receivers with private addresses', () => {
  it('are never a cause for being private', async () => {
    const told: string[] = []
    for (const host of ['10.0.0.7', '198.51.100.7']) {
      const conversation = new TcpConversation({ address: host, port: 50_000 }, server).open(0, 20 * MS)
      for (let i = 0; i < 200; i++) {
        conversation.send('server', 40 * MS + i * MS, { payload })
        conversation.send('client', 40.5 * MS + i * MS, i % 20 === 19 ? { window: 0 } : {})
      }
      const { findings } = await reportOf(conversation.frames)
      told.push(JSON.stringify(findings).replaceAll(host, 'host'))
    }
    expect(told[0]).toBe(told[1])
  })
})
