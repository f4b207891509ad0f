import { describe, expect, it } from 'vitest'
import { icmpFrame, tcpFrame } from '../../src/testing/index.ts'
import { connection, datagram, detect, SECOND_NS, type StoryFrame, times } from './detection.ts'

const victim = (port: number) => ({ address: '10.1.0.10', port })
const forged = (i: number) => ({
  address: `198.${i >> 16}.${(i >> 8) & 255}.${(i & 127) + 1}`,
  port: 1024 + (i % 60_000),
})

/** So many SYNs a second, for so many seconds, from forged addresses. */
function synFlood(startNs: number, perSecond: number, seconds: number): StoryFrame[] {
  return times(perSecond * seconds, (i) => ({
    timeNs: startNs + Math.floor((i * SECOND_NS) / perSecond),
    bytes: tcpFrame(forged(i), victim(80), { sequence: i, flags: 'S' }),
  }))
}

function webConnection(i: number, startNs: number): StoryFrame[] {
  return connection({ address: `10.2.0.${(i % 200) + 1}`, port: 20_000 + (i % 40_000) }, victim(80), {
    startNs,
    ending: 'open',
    exchange: [
      ['initiator', 200],
      ['responder', 1000],
    ],
  })
}

const kinds = (findings: readonly { kind: string }[]) => findings.map(({ kind }) => kind)

describe('floods', () => {
  it('finds ten seconds of SYN flood in ten quiet minutes', async () => {
    const quiet = times(60, (i) => webConnection(i, i * 10 * SECOND_NS)).flat()
    const [finding, ...others] = await detect([...quiet, ...synFlood(300 * SECOND_NS, 500, 10)])
    expect(others).toEqual([])
    expect(finding).toMatchObject({ kind: 'syn-flood', severity: 'high', confidence: 'high', attack: ['T1499.001'] })
    expect(finding.summary).toBe(
      '10.1.0.10 port 80 was flooded with 5000 SYNs that led to no connection: up to 500/s from ≥ 1024 sources, for 10 seconds from 5 min into the capture',
    )
    expect(finding.evidence.total).toBe(1000)
  })

  it('finds floods of datagrams, of echo requests, and of answers nobody asked for', async () => {
    const udp = times(6000, (i) => datagram(forged(i), victim(1000 + (i % 50_000)), i * 1e6, 500))
    expect(kinds(await detect(udp))).toEqual(['udp-flood'])
    const echo = times(1500, (i) => ({
      timeNs: i * 2e6,
      bytes: icmpFrame(forged(i).address, '10.1.0.10', Uint8Array.from([8, 0, 0, 0, i >> 8, i & 255, 0, 1])),
    }))
    expect(kinds(await detect(echo))).toEqual(['icmp-flood'])
    const amplified = times(1500, (i) => datagram({ ...forged(i), port: 11_211 }, victim(4000), i * 2e6, 1200))
    const [finding] = await detect(amplified)
    expect(finding).toMatchObject({ kind: 'amplification-flood', attack: ['T1498.002'] })
  })

  it('finds a SYN flood over IPv6', async () => {
    const frames = times(2000, (i) => ({
      timeNs: i * 2e6,
      bytes: tcpFrame(
        { address: `2001:db8:${i.toString(16)}::1`, port: 40_000 },
        { address: 'fd00::10', port: 443 },
        { sequence: i, flags: 'S' },
      ),
    }))
    expect((await detect(frames))[0].summary).toContain('fd00::10 port 443 was flooded with 2000 SYNs')
  })

  it('blames nobody for what a flooded host sends back', async () => {
    const frames = times(5000, (i) => ({
      timeNs: i * 2e6,
      bytes: tcpFrame(victim(80), forged(i), { sequence: i, acknowledgment: 1, flags: i % 2 === 0 ? 'SA' : 'RA' }),
    }))
    expect(await detect(frames)).toEqual([])
  })

  it('is silent about a service that many clients use at once', async () => {
    expect(await detect(times(2000, (i) => webConnection(i, i * 2e6)).flat())).toEqual([])
  })

  it('is silent about a call, a download over QUIC, one-way media and reports to a collector', async () => {
    const peer = { address: '198.51.100.7', port: 443 }
    const own = { address: '10.1.0.10', port: 50_000 }
    const download = times(6000, (i) => datagram(i % 10 === 0 ? own : peer, i % 10 === 0 ? peer : own, i * 1e6, 1200))
    const media = times(6000, (i) => datagram({ address: '10.1.0.4', port: 5004 }, victim(5004), i * 1e6, 1200))
    const reports = times(6000, (i) =>
      datagram({ address: `10.3.0.${(i % 250) + 1}`, port: 3000 }, victim(514), i * 1e6, 90),
    )
    expect(await detect([...download, ...media, ...reports])).toEqual([])
  })
})
