import { describe, expect, it } from 'vitest'
import { icmpFrame, tcpFrame, udpFrame } from '../../src/testing/index.ts'
import { connection, datagram, detect, SECOND_NS, times } from './detection.ts'

const scanner = (i = 0) => ({ address: '203.0.113.9', port: 40_000 + i })
const host = (port: number, last = 10) => ({ address: `10.1.0.${last}`, port })
const kinds = (findings: readonly { kind: string }[]) => findings.map(({ kind }) => kind)

describe('port scan', () => {
  it('finds many ports of one host, by SYNs that are refused, silent or broken off', async () => {
    const endings = ['refused', 'silent', 'half-open'] as const
    const frames = times(30, (i) =>
      connection(scanner(i), host(i + 1), { startNs: i * 1e7, ending: endings[i % 3] }),
    ).flat()
    const [finding, ...others] = await detect(frames)
    expect(others).toEqual([])
    expect(finding).toMatchObject({ kind: 'port-scan-vertical', severity: 'medium', attack: ['T1046', 'T1595.001'] })
    expect(finding.summary).toContain('203.0.113.9 tried 30 ports of 10.1.0.10 in vain')
    expect(finding.evidence.total).toBe(30)
    expect(finding.displayFilter).toMatch(/^frame\.number in \{1, /)
    expect(finding.innocentExplanations.length).toBeGreaterThan(0)
    expect(finding.confirmOrRefute.length).toBeGreaterThan(0)
  })

  it('finds one port of many hosts, over IPv6 as well', async () => {
    const from = { address: 'fd00::9', port: 40_000 }
    const frames = times(25, (i) =>
      connection(from, { address: `fd00::1:${i + 1}`, port: 445 }, { startNs: i * 1e7, ending: 'silent' }),
    ).flat()
    const findings = await detect(frames)
    expect(kinds(findings)).toEqual(['port-scan-horizontal'])
    expect(findings[0].attack).toEqual(['T1046'])
    expect(findings[0].summary).toContain('fd00::9 tried tcp/445 on 25 hosts in vain')
  })

  it('finds a scan that takes a day', async () => {
    const frames = times(24, (i) =>
      connection(scanner(i), host(i + 1), { startNs: i * 3600 * SECOND_NS, ending: 'refused' }),
    ).flat()
    expect(kinds(await detect(frames))).toEqual(['port-scan-vertical'])
  })

  it.each([
    ['F', 'FIN'],
    ['', 'NULL'],
    ['FPU', 'Xmas'],
  ])('finds a stealth scan with flags «%s»', async (flags, technique) => {
    const frames = times(20, (i) => ({
      timeNs: i * 1e7,
      bytes: tcpFrame(scanner(), host(i + 1), { sequence: 1, flags }),
    }))
    const [finding] = await detect(frames)
    expect(finding.summary).toContain(`(${technique};`)
  })

  it('finds an ACK scan by the resets it provokes', async () => {
    const frames = times(20, (i) => [
      { timeNs: i * 1e7, bytes: tcpFrame(scanner(), host(i + 1), { sequence: 1, acknowledgment: 9, flags: 'A' }) },
      { timeNs: i * 1e7 + 1e5, bytes: tcpFrame(host(i + 1), scanner(), { sequence: 9, flags: 'R' }) },
    ]).flat()
    const [finding] = await detect(frames)
    expect(finding.summary).toContain('(ACK;')
  })

  it('finds a UDP scan by the «port unreachable» it provokes', async () => {
    const frames = times(20, (i) => {
      const probe = udpFrame(scanner(), host(i + 100), new Uint8Array(0))
      const unreachable = Uint8Array.from([3, 3, 0, 0, 0, 0, 0, 0, ...probe.subarray(14)])
      return [
        { timeNs: i * 1e7, bytes: probe },
        { timeNs: i * 1e7 + 1e5, bytes: icmpFrame('10.1.0.10', '203.0.113.9', unreachable) },
      ]
    }).flat()
    const [finding] = await detect(frames)
    expect(finding.summary).toContain('(UDP; 20 refused, 0 open)')
  })

  it('finds hosts being looked for by ping', async () => {
    const echo = (i: number) => Uint8Array.from([8, 0, 0, 0, 0, 1, 0, i])
    const frames = times(30, (i) => ({ timeNs: i * 1e7, bytes: icmpFrame('10.1.0.1', `10.1.1.${i + 1}`, echo(i)) }))
    const [finding] = await detect(frames)
    expect(finding).toMatchObject({ kind: 'port-scan-horizontal', attack: ['T1018'] })
  })

  it('obeys its settings', async () => {
    const frames = times(8, (i) => connection(scanner(i), host(i + 1), { startNs: i * 1e7, ending: 'refused' })).flat()
    expect(await detect(frames)).toEqual([])
    expect(kinds(await detect(frames, { settings: { 'port-scan': { ports: 8 } } }))).toEqual(['port-scan-vertical'])
  })

  it('is silent about a browser that fans out to many hosts, a few of them gone', async () => {
    const frames = times(80, (i) =>
      connection(
        { address: '10.1.0.5', port: 50_000 + i },
        { address: `198.51.100.${i + 1}`, port: 443 },
        {
          startNs: i * 1e7,
          ending: i % 3 === 0 ? 'silent' : 'open',
          exchange: [
            ['initiator', 500],
            ['responder', 4000],
          ],
        },
      ),
    ).flat()
    expect(await detect(frames)).toEqual([])
  })

  it('is silent about the health checks of a load balancer, of which some fail', async () => {
    const frames = times(200, (i) =>
      connection({ address: '10.1.0.2', port: 30_000 + i }, host(8080 + (i % 2), 20 + (i % 10)), {
        startNs: i * SECOND_NS,
        ending: i % 10 === 0 ? 'refused' : 'open',
      }),
    ).flat()
    expect(await detect(frames)).toEqual([])
  })

  it('is silent about a service with many clients, and about what a flooded host sends back', async () => {
    const clients = times(100, (i) =>
      connection({ address: `198.51.100.${i + 1}`, port: 50_000 }, host(443), {
        startNs: i * 1e7,
        ending: 'open',
        exchange: [['initiator', 200]],
      }),
    ).flat()
    const backscatter = times(100, (i) => ({
      timeNs: i * 1e7,
      bytes: tcpFrame({ address: '198.51.100.200', port: 80 }, host(1024 + i), {
        sequence: 1,
        acknowledgment: 2,
        flags: i % 2 === 0 ? 'SA' : 'RA',
      }),
    }))
    expect(await detect([...clients, ...backscatter])).toEqual([])
  })

  it('is silent about a client that tries both ports of Windows shares and keeps the one that answers', async () => {
    const frames = times(30, (i) => {
      const from = { address: '10.1.0.5', port: 50_000 + 2 * i }
      return [
        ...connection(from, host(139, 20 + i), { startNs: i * SECOND_NS, ending: 'refused' }),
        ...connection({ ...from, port: from.port + 1 }, host(445, 20 + i), { startNs: i * SECOND_NS, ending: 'open' }),
      ]
    }).flat()
    expect(await detect(frames)).toEqual([])
  })

  it('is silent about a traceroute', async () => {
    const frames = times(60, (i) => datagram({ address: '10.1.0.5', port: 50_000 }, host(33_434 + i), i * 1e8, 32))
    expect(await detect(frames)).toEqual([])
  })
})
