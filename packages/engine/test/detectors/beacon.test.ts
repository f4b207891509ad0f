import { describe, expect, it } from 'vitest'
import { rhythmOf } from '../../src/detectors/beacon/rhythm.ts'
import { connection, datagram, detect, pseudoRandom, SECOND_NS, type StoryFrame, times } from './detection.ts'

const own = (i = 0) => ({ address: '192.168.1.5', port: 20_000 + i })
const outside = (port: number) => ({ address: '203.0.113.77', port })
const kinds = (findings: readonly { kind: string }[]) => findings.map(({ kind }) => kind)

/** Connections whose starts are `intervalNs` apart, each interval off by at most `jitter`. */
function calls(count: number, intervalNs: number, jitter: number, target = outside(443), seed = 1): StoryFrame[] {
  const random = pseudoRandom(seed)
  let startNs = 0
  return times(count, (i) => {
    startNs += intervalNs * (1 + jitter * (2 * random() - 1))
    return connection(own(i), target, {
      startNs: Math.round(startNs),
      ending: 'open',
      exchange: [
        ['initiator', 200],
        ['responder', 50],
      ],
    })
  }).flat()
}

describe('beacons', () => {
  it('finds connections each 97 s with a quarter of jitter', async () => {
    const [finding, ...others] = await detect(calls(40, 97 * SECOND_NS, 0.25))
    expect(others).toEqual([])
    expect(finding).toMatchObject({ kind: 'beacon', severity: 'medium', attack: ['T1071.001'] })
    expect(finding.summary).toMatch(
      /^192\.168\.1\.5 turns to 203\.0\.113\.77 TCP 443 every \d+(\.\d)? s \(± \d+(\.\d+)? s, 40 beats\)$/,
    )
    expect(finding.evidence.total).toBe(40)
    expect(finding.innocentExplanations.length).toBeGreaterThan(0)
  })

  it('finds datagrams of one flow and of changing ports, over IPv6 too', async () => {
    const one = times(40, (i) => datagram(own(), outside(4444), i * 97 * SECOND_NS, 100))
    expect((await detect(one))[0]).toMatchObject({ kind: 'beacon', severity: 'high', attack: ['T1071', 'T1571'] })
    const from = (i: number) => ({ address: 'fd00::5', port: 30_000 + i })
    const many = times(20, (i) => datagram(from(i), { address: '2001:db8::77', port: 4444 }, i * 30 * SECOND_NS, 64))
    expect(kinds(await detect(many))).toEqual(['beacon'])
  })

  it('finds a beacon that misses beats and opens two connections at a time', async () => {
    const missed = calls(40, 60 * SECOND_NS, 0.05).filter(
      ({ timeNs }) => Math.floor(timeNs / (60 * SECOND_NS)) % 7 !== 3,
    )
    const doubled = missed.map(({ timeNs, bytes }) => ({ timeNs, bytes }))
    expect(kinds(await detect(doubled))).toEqual(['beacon'])
  })

  it('is silent about what a person does', async () => {
    const random = pseudoRandom(7)
    let startNs = 0
    const frames = times(60, (i) => {
      startNs += -Math.log(1 - random()) * 60 * SECOND_NS
      return connection(own(i), outside(443), {
        startNs: Math.round(startNs),
        ending: 'open',
        exchange: [['initiator', 300]],
      })
    }).flat()
    expect(await detect(frames)).toEqual([])
  })

  it('is silent about time, keep-alives within a connection, and monitoring inside', async () => {
    const time = times(60, (i) => datagram(own(), outside(123), i * 64 * SECOND_NS, 48))
    const keptAlive = connection(own(1), outside(8883), {
      startNs: 0,
      ending: 'open',
      durationNs: 3600 * SECOND_NS,
      exchange: times(60, () => ['initiator', 2] as const),
    })
    const monitoring = calls(60, 60 * SECOND_NS, 0.01, { address: '10.9.0.1', port: 9100 })
    expect(await detect([...time, ...keptAlive, ...monitoring])).toEqual([])
  })
})

describe('rhythmOf', () => {
  it('measures the median, its deviation and the share that is regular', () => {
    const rhythm = rhythmOf([0, 10e9, 20e9, 31e9, 40e9, 60e9, 70e9], 0.2)
    expect(rhythm).toMatchObject({ beats: 7, medianNs: 10e9, deviationNs: 0, regularShare: 1 })
  })
})
