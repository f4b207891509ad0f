import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Severity } from '../../src/finding.ts'
import { absoluteTime, type Endpoint, TcpConversation, type TestFrame } from '../../src/testing/index.ts'
import { factOf, findingsOf, reportOf, rowsOf, vectorReport, vectors } from './report-of.ts'

const MS = 1e6
const SECOND = 1e9
const serious: readonly Severity[] = ['medium', 'high', 'critical']
const isThere = existsSync(vectors)
if (!isThere) process.stderr.write(`\n*** ${vectors} is absent: only the vectors built here are tested ***\n`)

describe.runIf(isThere)('the vectors on which the original fails', () => {
  it('SYNs at 0, 1, 3, 7, 15 and 31 s without an answer: one failed connection, five retries, back-off as RFC 6298 asks', async () => {
    const report = await vectorReport('synback.pcap')
    expect(factOf(report, 'handshakes', 'unanswered')).toBe(1)
    expect(factOf(report, 'handshakes', 'synRetries')).toBe(5)
    expect(rowsOf(report, 'handshakes', 'retried')).toMatchObject([
      { syns: 6, waitedNs: 31 * SECOND, backOff: 'doubling', isCompliant: true, outcome: 'unanswered' },
    ])
    expect(findingsOf(report, 'tcp-no-answer')).toMatchObject([
      { key: 'tcp-no-answer:10.9.9.9', evidence: { frames: [1, 2, 3, 4, 5, 6] } },
    ])
  })

  it('SYNs at 0, 1 and 3 s, then RST: two retries, refused', async () => {
    const report = await vectorReport('synref.pcap')
    expect(factOf(report, 'handshakes', 'synRetries')).toBe(2)
    expect(factOf(report, 'handshakes', 'refused')).toBe(1)
    expect(findingsOf(report, 'tcp-refused')).toMatchObject([{ costNs: 3.01 * SECOND, evidence: { frames: [4] } }])
    expect(findingsOf(report, 'tcp-no-answer')).toEqual([])
  })

  it('one segment lost before the capture: one retransmission, no window, gap or reset called a problem', async () => {
    const report = await vectorReport('fastlost.pcap')
    // four equal acknowledgments from a host whose packets all have the same identification
    expect(findingsOf(report, 'capture-duplicates')).toEqual([])
    const flags = rowsOf(report, 'tcp-health', 'tsharkFlags')
    const countOf = (flag: string) => flags.find((row) => row.flag === `tcp.analysis.${flag}`)?.frames
    expect(countOf('retransmission')).toBe(1)
    expect(countOf('fast_retransmission')).toBe(1)
    expect(countOf('duplicate_ack')).toBe(4)
    expect(findingsOf(report, 'tcp-loss')).toMatchObject([{ costNs: null, evidence: { frames: [16] } }])
    expect(findingsOf(report, 'tcp-receiver-full', 'tcp-reset-', 'path-mtu', 'tcp-peer-silent')).toEqual([])
  })

  it('SYN-ACK at 0.02, 1.02, 3.02 and 7.02 s, no ACK: three SYN-ACK retries, the client unreachable', async () => {
    const report = await vectorReport('synackre.pcap')
    expect(factOf(report, 'handshakes', 'synAckRetries')).toBe(3)
    expect(factOf(report, 'handshakes', 'synRetries')).toBe(0)
    const [finding] = findingsOf(report, 'tcp-half-open')
    expect(finding).toMatchObject({ key: 'tcp-half-open:10.0.0.5', evidence: { frames: [2, 3, 4, 5] } })
    expect(finding.hypotheses[0].accepted).toBe(true)
  })

  it('windows of 502 and 509 with scale 7: no small window', async () => {
    const report = await vectorReport('wscale.pcap')
    expect(factOf(report, 'windows', 'smallSides')).toBe(0)
    expect(factOf(report, 'windows', 'zeroWindows')).toBe(0)
    expect(findingsOf(report, 'tcp-receiver-full', 'tcp-window-too-small')).toEqual([])
  })

  it('60 SSH logins 0.8 s apart: no jitter', async () => {
    const report = await vectorReport('sshbf.pcap')
    expect(factOf(report, 'rtp', 'streams')).toBe(0)
    expect(findingsOf(report, 'rtp-')).toEqual([])
  })

  it('handshakes with 20 servers: nothing', async () => {
    const report = await vectorReport('benignfan.pcap')
    expect(factOf(report, 'handshakes', 'completed')).toBe(20)
    expect(report.findings.filter(({ severity }) => serious.includes(severity))).toEqual([])
  })
})

const pairs: [string, readonly [Endpoint, Endpoint]][] = [
  [
    'IPv4',
    [
      { address: '10.0.0.5', port: 50_000 },
      { address: '203.0.113.6', port: 443 },
    ],
  ],
  [
    'IPv6',
    [
      { address: '2001:db8::5', port: 50_000 },
      { address: '2001:db8:1::6', port: 443 },
    ],
  ],
]

/** A clean download in segments of 1 400 bytes, an ACK each two, RTT 20 ms. */
function download([client, server]: readonly [Endpoint, Endpoint], segments: number, startNs = 0): TestFrame[] {
  const conversation = new TcpConversation(client, server, [], startNs).open(0, 20 * MS)
  const payload = new Uint8Array(1400)
  for (let i = 0; i < segments; i++) {
    conversation.send('server', 40 * MS + i * 100_000, { payload })
    if (i % 2 === 1) conversation.send('client', 40 * MS + i * 100_000 + 50_000)
  }
  return conversation.close(40 * MS + segments * 100_000 + 30 * MS, 20 * MS).frames
}

describe.each(pairs)('other vectors over %s', (_, pair) => {
  it('a clean download: no finding at all', async () => {
    const report = await reportOf(download(pair, 2000))
    expect(report.findings.filter(({ severity }) => severity !== 'info')).toEqual([])
    expect(factOf(report, 'sack', 'sackSegments')).toBe(0)
  })

  it('sequence numbers that cross 2^32: the same as others', async () => {
    const told = async (first: number) => {
      const conversation = new TcpConversation(...pair)
      const payload = new Uint8Array(1400)
      const acknowledge = (timeNs: number, bytes: number) =>
        conversation.send('client', timeNs, { acknowledges: first + 1 + bytes })
      conversation.send('client', 0, { flags: 'S' }).send('server', 20 * MS, { flags: 'SA', at: first })
      acknowledge(20.1 * MS, 0)
      for (let i = 0; i < 400; i++) {
        conversation.send('server', 40 * MS + i * 100_000, { payload, at: first + 1 + 1400 * i })
        if (i % 2 === 1) acknowledge(40 * MS + i * 100_000 + 50_000, 1400 * (i + 1))
      }
      const { findings, sections, health } = await reportOf(conversation.frames)
      return { findings, sections, health }
    }
    // the server begins at 0x70000000
    expect(await told(0x8fff_0000)).toEqual(await told(0x1000_0000))
  })

  it('a segment sent again after seven minutes of silence: still a retransmission', async () => {
    const payload = new Uint8Array(500)
    const { frames } = new TcpConversation(...pair)
      .open(0, 20 * MS)
      .send('client', 40 * MS, { payload })
      .send('client', 420 * SECOND, { payload, at: 1 })
    expect(factOf(await reportOf(frames), 'tcp-health', 'lostSegments')).toBe(1)
  })

  it('packets cut by the snap length: their payload counts as sent', async () => {
    const whole = download(pair, 200)
    const cut = whole.map((frame) => {
      const { bytes, ...time } = frame as { bytes: Uint8Array; seconds: number; nanoseconds: number }
      return { ...time, bytes: bytes.subarray(0, 100), wireLength: bytes.length }
    })
    const [largest] = rowsOf(await reportOf(cut), 'flows', 'largest')
    const [expected] = rowsOf(await reportOf(whole), 'flows', 'largest')
    expect(largest).toEqual(expected)
    expect(factOf(await reportOf(cut), 'tcp-health', 'lostSegments')).toBe(0)
  })

  it('a reused port after the close, and sixteen minutes later: connections of their own', async () => {
    const again = { ...pair[0] }
    const frames = [...download(pair, 20)]
    for (const [minutes, first] of [
      [0.1, 400_000],
      [16, 800_000],
    ] as const) {
      const other = new TcpConversation(again, pair[1], frames, minutes * 60 * SECOND)
      other.send('client', 0, { flags: 'S', at: first }).send('server', 20 * MS, { flags: 'SA', at: first })
      other.send('client', 21 * MS, { at: first + 1, acknowledges: first + 1 })
    }
    const report = await reportOf(frames)
    expect(factOf(report, 'handshakes', 'attempts')).toBe(3)
    expect(factOf(report, 'handshakes', 'synRetries')).toBe(0)
    expect(report.findings.filter(({ severity }) => serious.includes(severity))).toEqual([])
  })

  it('health probes each 10 s: nothing, whether they close or reset', async () => {
    const frames: TestFrame[] = []
    for (let i = 0; i < 30; i++) {
      const probe = new TcpConversation({ ...pair[0], port: 40_000 + i }, pair[1], frames, i * 10 * SECOND).open(0, MS)
      if (i % 2 === 0) probe.close(3 * MS, MS)
      else probe.send('client', 3 * MS, { flags: 'RA' })
    }
    const report = await reportOf(frames)
    const ours = findingsOf(report, 'tcp-reset-', 'tcp-half', 'answer-awaited', 'capture-silent', 'tcp-handshake')
    expect(ours).toEqual([])
  })

  it('a capture that starts in the middle of a connection: no refusal, no half-open handshake', async () => {
    const frames = download(pair, 200).slice(20)
    const report = await reportOf(frames)
    expect(factOf(report, 'handshakes', 'attempts')).toBe(0)
    expect(factOf(report, 'handshakes', 'midStream')).toBe(1)
    expect(report.findings.filter(({ severity }) => serious.includes(severity))).toEqual([])
  })

  it('frames of other protocols in between: frame numbers stay those of Wireshark', async () => {
    const [client, server] = pair
    const arp = new Uint8Array(60)
    arp.set([8, 6, 0, 1, 8, 0, 6, 4, 0, 1], 12)
    const frames: TestFrame[] = [{ bytes: arp, ...absoluteTime(0) }]
    const conversation = new TcpConversation(client, server, frames).send('client', MS, { flags: 'S' })
    frames.push({ bytes: arp, ...absoluteTime(2 * MS) })
    conversation.send('server', 3 * MS, { flags: 'RA' })
    const [finding] = findingsOf(await reportOf(frames), 'tcp-refused')
    expect(finding.evidence.frames).toEqual([4])
  })
})
