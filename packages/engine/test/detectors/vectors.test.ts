import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { analyze } from '../../src/analyze.ts'
import { absoluteTime, buildPcap, tcpFrame } from '../../src/testing/index.ts'
import { connection, readVector, SECOND_NS, type StoryFrame, times, vectorPath } from './detection.ts'

/**
 * The reproduced vectors, by the row of the table they come from, with what detectors must say of each; what analyzers must say is
 * beside the analyzers. Time that grows linearly is measured by the bench.
 */
interface Vector {
  readonly row: number
  readonly says: string
  /** Name of a shared capture, or the capture itself. */
  readonly capture: string | (() => Uint8Array)
  /** Kinds of all security findings. */
  readonly security: readonly string[]
  /** Kinds that must not be there. */
  readonly never?: readonly string[]
}

const LOSS = ['tcp-loss', 'tcp-retransmissions', 'tcp-zero-window']

const vectors: readonly Vector[] = [
  { row: 1, says: 'a clean download is clean', capture: () => download(1000), security: [], never: LOSS },
  { row: 2, says: 'the same across 2^32 is', capture: () => download(2 ** 32 - 500_000), security: [], never: LOSS },
  {
    row: 3,
    says: 'a host that never answers: five SYN retransmissions',
    capture: 'synback',
    security: [],
  },
  {
    row: 4,
    says: 'two SYN retransmissions, then refused',
    capture: 'synref',
    security: [],
  },
  { row: 5, says: 'a fast retransmission', capture: 'fastlost', security: [] },
  {
    row: 6,
    says: 'SYN-ACKs sent again, the client unreachable',
    capture: 'synackre',
    security: [],
  },
  { row: 7, says: 'scaled windows are not low', capture: 'wscale', security: [], never: LOSS },
  { row: 8, says: 'SSH passwords guessed from outside', capture: 'sshbf', security: ['password-guessing'] },
  { row: 9, says: 'a scan inside', capture: 'scanpriv', security: ['port-scan-vertical'] },
  { row: 10, says: 'a scan from outside', capture: 'scanext', security: ['port-scan-vertical'] },
  { row: 11, says: 'a stealth scan', capture: 'stealth', security: ['port-scan-vertical'] },
  { row: 12, says: 'a client of twenty servers is no scanner', capture: 'benignfan', security: [] },
  { row: 13, says: 'a beacon each minute', capture: 'beacon60', security: ['beacon'] },
  { row: 14, says: 'a beacon each 97 s', capture: 'beacon97', security: ['beacon'] },
  { row: 15, says: 'a beacon of single datagrams', capture: 'beacon97udp', security: ['beacon'] },
  { row: 16, says: 'ten seconds of SYN flood in ten minutes', capture: synFlood, security: ['syn-flood'] },
  { row: 17, says: 'a DNS tunnel', capture: 'dnstun', security: ['dns-tunnel'] },
  { row: 18, says: 'many names below co.uk are no tunnel', capture: 'couk', security: [] },
  { row: 19, says: 'a hostile name stays text', capture: 'xss', security: [] },
]

/** Severities that the table names. */
const critical = new Set([10, 17])

const isThere = existsSync(vectorPath('scanext'))
if (!isThere) process.stderr.write(`\n*** ${vectorPath('')} is absent: its vectors are not tested ***\n`)

describe.each(vectors)('vector $row: $says', ({ row, capture, security, never = [] }) => {
  it.skipIf(typeof capture === 'string' && !isThere)('is judged right', async () => {
    const bytes = typeof capture === 'string' ? readVector(capture) : capture()
    const { findings } = await analyze([bytes])
    const found = findings.filter(({ attack }) => attack.length > 0)
    expect(found.map(({ kind }) => kind)).toEqual(security)
    if (critical.has(row)) expect(found[0].severity).toBe('critical')
    for (const { evidence, displayFilter, needs, innocentExplanations, confirmOrRefute, hypotheses } of found) {
      expect(evidence.total).toBeGreaterThan(0)
      expect(displayFilter).toMatch(/^frame\.number in \{/)
      expect(needs).toBeInstanceOf(Array)
      expect(innocentExplanations.length).toBeGreaterThan(0)
      expect(confirmOrRefute.length).toBeGreaterThan(0)
      expect(hypotheses.some(({ accepted }) => accepted)).toBe(true)
    }
    for (const kind of never) expect(findings.map((f) => f.kind)).not.toContain(kind)
  })
})

describe('vector 20: frames that are not TCP among TCP', () => {
  it('are counted in the one total', async () => {
    const client = { address: '10.0.0.5', port: 40_000 }
    const arp = Uint8Array.from([...new Array<number>(12).fill(0xff), 8, 6, ...new Array<number>(28).fill(0)])
    const frames = times(10, () => [tcpFrame(client, { address: '10.0.0.6', port: 80 }, { sequence: 1 }), arp]).flat()
    expect((await analyze([buildPcap(frames)])).capture.packets).toBe(20)
  })
})

/** 2000 segments of 1400 bytes, every second one acknowledged, beginning at a sequence number. */
function download(sequence: number): Uint8Array {
  const client = { address: '10.0.0.5', port: 40_000 }
  const server = { address: '203.0.113.7', port: 443 }
  const payload = new Uint8Array(1400)
  const frames = [
    tcpFrame(client, server, { sequence: 99, flags: 'S' }),
    tcpFrame(server, client, { sequence: sequence - 1, acknowledgment: 100, flags: 'SA' }),
    tcpFrame(client, server, { sequence: 100, acknowledgment: sequence }),
    ...times(1000, (i) => {
      const at = sequence + i * 2800
      return [
        tcpFrame(server, client, { sequence: at, acknowledgment: 100, payload }),
        tcpFrame(server, client, { sequence: at + 1400, acknowledgment: 100, payload }),
        tcpFrame(client, server, { sequence: 100, acknowledgment: at + 2800 }),
      ]
    }).flat(),
  ]
  return buildPcap(frames, { intervalNs: 200_000 })
}

/** 500 SYNs a second for ten seconds, between ten minutes of a connection each ten seconds. */
function synFlood(): Uint8Array {
  const victim = { address: '192.0.2.10', port: 80 }
  const quiet = times(60, (i) =>
    connection({ address: '192.0.2.9', port: 40_000 + i }, victim, { startNs: i * 10 * SECOND_NS, ending: 'open' }),
  ).flat()
  const flood = times(5000, (i): StoryFrame => {
    const source = { address: `203.0.${i >> 7}.${(i & 127) + 1}`, port: 1024 + i }
    return { timeNs: 300 * SECOND_NS + i * 2e6, bytes: tcpFrame(source, victim, { sequence: i, flags: 'S' }) }
  })
  const ordered = [...quiet, ...flood].sort((a, b) => a.timeNs - b.timeNs)
  return buildPcap(ordered.map(({ timeNs, bytes }) => ({ bytes, ...absoluteTime(timeNs) })))
}
