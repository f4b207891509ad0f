import { describe, expect, it } from 'vitest'
import { icmpFrame } from '../../src/testing/index.ts'
import { detect, type StoryFrame, times } from './detection.ts'

/** An echo request and its reply with these payloads, 100 ms after the one before. */
function echo(i: number, request: number, reply: number): StoryFrame[] {
  const message = (type: number, length: number) => {
    const bytes = new Uint8Array(8 + length).fill(0x41 + (i % 20))
    bytes.set([type, 0, 0, 0, 0, 7, i >> 8, i & 255])
    return bytes
  }
  return [
    { timeNs: i * 1e8, bytes: icmpFrame('10.1.0.5', '203.0.113.7', message(8, request)) },
    { timeNs: i * 1e8 + 2e7, bytes: icmpFrame('203.0.113.7', '10.1.0.5', message(0, reply)) },
  ]
}

describe('ICMP tunnels', () => {
  it('are found by replies that do not repeat their requests', async () => {
    const [finding, ...others] = await detect(times(100, (i) => echo(i, 40 + 2 * (i % 15), 300 + 2 * (i % 9))).flat())
    expect(others).toEqual([])
    expect(finding).toMatchObject({ kind: 'icmp-tunnel', attack: ['T1095', 'T1572'] })
    expect(finding.summary).toContain('100 of 100 replies do not repeat a request')
    expect(finding.evidence.total).toBe(100)
    expect(finding.innocentExplanations.length).toBeGreaterThan(0)
  })

  it('are not seen in a ping of one or of many sizes', async () => {
    const frames = [...times(100, (i) => echo(i, 56, 56)), ...times(100, (i) => echo(100 + i, 8 * i, 8 * i))].flat()
    expect(await detect(frames)).toEqual([])
  })

  it('are not seen where only replies were captured', async () => {
    const replies = times(100, (i) => echo(i, 56, 56)[1])
    expect(await detect(replies)).toEqual([])
  })
})
