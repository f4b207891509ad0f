import { describe, expect, it } from 'vitest'
import { analyze } from '../../src/analyze.ts'
import type { Conclusion } from '../../src/finding.ts'
import type { JudgedQuality } from '../../src/quality/index.ts'
import { limitConclusion } from '../../src/quality/index.ts'
import type { CheckId } from '../../src/report.ts'
import { buildPcap, dnsMessage, TcpConversation, type TestFrame, udpFrame } from '../../src/testing/index.ts'

const conclusion: Conclusion = {
  kind: 'tcp-loss',
  key: 'tcp-loss',
  severity: 'high',
  confidence: 'high',
  costNs: 5,
  evidence: { frames: [1], total: 1 },
  displayFilter: 'tcp',
  view: 'ours',
  values: {},
  hypotheses: [],
  needs: ['no-capture-drops', 'monotone-clock', 'server-side'],
}

function quality(failed: readonly CheckId[], place: JudgedQuality['vantage']['place'] = 'unknown'): JudgedQuality {
  const ids: readonly CheckId[] = ['vantage-point', 'both-directions', 'no-capture-drops', 'monotone-clock']
  return {
    vantage: { place, basis: 'none' },
    checks: ids.map((id) => ({ id, ok: !failed.includes(id), numbers: { connections: 10, oneWay: 10 } })),
  }
}

describe('limitConclusion', () => {
  it('leaves a conclusion alone whose needs are met or cannot be judged', () => {
    expect(limitConclusion(conclusion, quality([])).conclusion).toBe(conclusion)
    expect(limitConclusion(conclusion, quality(['both-directions'])).conclusion).toBe(conclusion)
    expect(limitConclusion(conclusion, quality([], 'server')).conclusion).toBe(conclusion)
  })

  it('caps severity and confidence, and says which check failed', () => {
    const limited = limitConclusion(conclusion, quality(['no-capture-drops']))
    expect(limited.conclusion).toMatchObject({ severity: 'medium', confidence: 'low', costNs: 5 })
    expect(limited.failed.map(({ id }) => id)).toEqual(['no-capture-drops'])
  })

  it('tells no cost where the clock cannot be trusted', () => {
    const limited = limitConclusion(conclusion, quality(['no-capture-drops', 'monotone-clock']))
    expect(limited.conclusion).toMatchObject({ severity: 'low', costNs: null })
  })

  it('caps what is only seen from the other side', () => {
    const limited = limitConclusion(conclusion, quality([], 'client'))
    expect(limited.conclusion.severity).toBe('medium')
    expect(limited.failed.map(({ id }) => id)).toEqual(['vantage-point'])
  })

  it('withholds only what rests on something being absent', () => {
    const absence: Conclusion = { ...conclusion, needs: ['both-directions'], isAbsence: true }
    expect(limitConclusion(absence, quality(['both-directions'])).isWithheld).toBe(true)
    expect(
      limitConclusion({ ...conclusion, needs: ['both-directions'] }, quality(['both-directions'])).isWithheld,
    ).toBe(false)
  })
})

describe('a one-way capture', () => {
  it('does not tell of queries without answer, and says that it does not', async () => {
    const client = { address: '192.0.2.1', port: 40_000 }
    const frames: TestFrame[] = []
    const tcp = new TcpConversation(client, { address: '198.51.100.2', port: 443 }, frames)
    for (let i = 0; i < 9; i++) tcp.send('client', i * 1e6, { payload: new Uint8Array(100) })
    frames.push(udpFrame(client, { address: '192.0.2.53', port: 53 }, dnsMessage(7, 'a.example')))
    const { findings, quality } = await analyze([buildPcap(frames)])
    expect(findings.map(({ kind }) => kind)).not.toContain('dns-unanswered')
    expect(quality.withheld).toEqual([
      {
        kind: 'dns-unanswered',
        key: 'dns-unanswered',
        because: ['1 of 1 connection with data seen in one direction only'],
      },
    ])
  })
})
