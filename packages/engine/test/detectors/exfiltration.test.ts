import { describe, expect, it } from 'vitest'
import { connection, datagram, detect, SECOND_NS, type StoryFrame, times } from './detection.ts'

const SETTINGS = { settings: { exfiltration: { bytes: 2_000_000, unusualBytes: 500_000 } } }
const inside = { address: '10.1.0.5', port: 50_000 }

/** One connection in which so many bytes go each way. */
function transfer(from: typeof inside, to: typeof inside, sent: number, received: number): StoryFrame[] {
  return connection(from, to, {
    startNs: 0,
    ending: 'open',
    durationNs: 60 * SECOND_NS,
    exchange: [
      ['initiator', sent],
      ['responder', received],
    ],
  })
}

describe('data leaving the site', () => {
  it('is found when much goes out over an unusual port and little comes back', async () => {
    const [finding, ...others] = await detect(
      transfer(inside, { address: '203.0.113.7', port: 4444 }, 800_000, 5000),
      SETTINGS,
    )
    expect(others).toEqual([])
    expect(finding).toMatchObject({ kind: 'exfiltration', severity: 'medium', attack: ['T1048', 'T1571'] })
    expect(finding.summary).toBe(
      '10.1.0.5 sent 0.8 MB to 203.0.113.7 outside and got 0.0 MB back, mostly over TCP 4444, in 1 flow within 60.0 s',
    )
    expect(finding.innocentExplanations.length).toBeGreaterThan(0)
  })

  it('is found over the web from more on, in many flows together, and over IPv6', async () => {
    const from = (i: number) => ({ address: '2001:db8:1::5', port: 50_000 + i })
    const to = { address: '2001:db8:2::7', port: 443 }
    const frames = times(10, (i) => transfer(from(i), to, 300_000, 1000)).flat()
    const [finding] = await detect(frames, SETTINGS)
    expect(finding).toMatchObject({ kind: 'exfiltration', severity: 'low', confidence: 'low' })
    expect(finding.summary).toContain('in 10 flows')
  })

  it('is silent about a backup to a host inside', async () => {
    expect(await detect(transfer(inside, { address: '10.9.0.1', port: 873 }, 3_000_000, 5000), SETTINGS)).toEqual([])
  })

  it('is silent about a video call', async () => {
    const peer = { address: '203.0.113.7', port: 3478 }
    const frames = times(5000, (i) => datagram(i % 2 === 0 ? inside : peer, i % 2 === 0 ? peer : inside, i * 2e7, 1000))
    expect(await detect(frames, SETTINGS)).toEqual([])
  })

  it('is silent about a download that somebody outside began, and about a download from outside', async () => {
    const outside = { address: '203.0.113.7', port: 40_000 }
    const served = transfer(outside, { address: '10.1.0.80', port: 443 }, 1000, 3_000_000)
    const fetched = transfer(inside, { address: '203.0.113.9', port: 443 }, 1000, 3_000_000)
    expect(await detect([...served, ...fetched], SETTINGS)).toEqual([])
  })
})
