import { describe, expect, it } from 'vitest'
import { icmpFrame } from '../../src/testing/index.ts'
import { factOf, reportOf, rowsOf } from './report-of.ts'

/** Destination unreachable that quotes the head of a UDP datagram from 192.0.2.1 to 192.0.2.9. */
function unreachable(code: number): Uint8Array {
  const quoted = [0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 9, 0x30, 0x39, 0, 53, 0, 8, 0, 0]
  return icmpFrame('192.0.2.254', '192.0.2.1', Uint8Array.from([3, code, 0, 0, 0, 0, 0, 0, ...quoted]))
}

/** More exchanges than requests are kept without a reply. */
const MANY = 70_000

/** An echo request (8), or the reply (0) to it. */
function echo(type: 0 | 8, number: number): Uint8Array {
  const [source, destination] = type === 8 ? ['192.0.2.1', '192.0.2.9'] : ['192.0.2.9', '192.0.2.1']
  const bytes = [type, 0, 0, 0, 0, number >> 16, (number >> 8) & 255, number & 255]
  return icmpFrame(source, destination, Uint8Array.from(bytes))
}

describe('icmp', () => {
  it('still knows a request when its reply comes after very many others were answered', async () => {
    const others = Array.from({ length: MANY }, (_, i) => [echo(8, i + 1), echo(0, i + 1)]).flat()
    const report = await reportOf([echo(8, 0), ...others, echo(0, 0)])
    expect(factOf(report, 'icmp', 'echoMatched')).toBe(MANY + 1)
    expect(report.capture.limitsReached).toEqual({})
  })

  it('tells which quoted destinations are unreachable, and why', async () => {
    const report = await reportOf([unreachable(13), unreachable(13), unreachable(3)])
    expect(rowsOf(report, 'icmp', 'unreachable')).toEqual([
      { destination: '192.0.2.9: prohibited by a filter', messages: 2 },
      { destination: '192.0.2.9: port unreachable', messages: 1 },
    ])
  })
})
