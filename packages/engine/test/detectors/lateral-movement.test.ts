import { describe, expect, it } from 'vitest'
import { connection, detect, SECOND_NS, type StoryFrame, times } from './detection.ts'

/** A real session of one host at a service of another. */
function session(from: string, to: string, port: number, startNs: number): StoryFrame[] {
  return connection(
    { address: from, port: 50_000 + Math.floor(startNs / SECOND_NS / 10) },
    { address: to, port },
    {
      startNs,
      ending: 'open',
      exchange: [
        ['initiator', 6000],
        ['responder', 9000],
      ],
    },
  )
}

describe('lateral movement', () => {
  it('is found when one host works its way to many by RDP', async () => {
    const frames = times(8, (i) => session('10.1.0.5', `10.1.0.${20 + i}`, 3389, i * 60 * SECOND_NS)).flat()
    const [finding, ...others] = await detect(frames)
    expect(others).toEqual([])
    expect(finding).toMatchObject({ kind: 'lateral-movement', severity: 'high', attack: ['T1021.001'] })
    expect(finding.summary).toBe(
      '10.1.0.5 opened RDP connections to 8 hosts inside that it had not visited before, within 7 min',
    )
    expect(finding.evidence.total).toBe(8)
    expect(finding.innocentExplanations.length).toBeGreaterThan(0)
  })

  it('says from where the source itself had been reached, over IPv6 too', async () => {
    const frames = [
      ...session('fd00::1', 'fd00::5', 5985, 0),
      ...times(6, (i) => session('fd00::5', `fd00::${20 + i}`, 445, (i + 1) * 60 * SECOND_NS)).flat(),
    ]
    const [finding] = await detect(frames)
    expect(finding).toMatchObject({ severity: 'high', confidence: 'medium', attack: ['T1021.002'] })
    expect(finding.hypotheses[1]).toMatchObject({ accepted: true, because: 'fd00::1 had connected to it before' })
  })

  it('is silent about a jump host used now and then', async () => {
    const frames = times(12, (i) => session('10.1.0.9', `10.1.0.${20 + i}`, 22, i * 3600 * SECOND_NS)).flat()
    expect(await detect(frames)).toEqual([])
  })

  it('is silent about a file server with many clients', async () => {
    const frames = times(30, (i) => session(`10.1.0.${20 + i}`, '10.1.0.2', 445, i * 10 * SECOND_NS)).flat()
    expect(await detect(frames)).toEqual([])
  })

  it('is silent about sessions with hosts outside', async () => {
    const frames = times(12, (i) => session('10.1.0.5', `203.0.113.${20 + i}`, 22, i * 10 * SECOND_NS)).flat()
    expect(await detect(frames)).toEqual([])
  })
})
