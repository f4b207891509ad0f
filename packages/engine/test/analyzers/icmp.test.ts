import { describe, expect, it } from 'vitest'
import { icmpFrame } from '../../src/testing/index.ts'
import { reportOf, rowsOf } from './report-of.ts'

/** Destination unreachable that quotes the head of a UDP datagram from 192.0.2.1 to 192.0.2.9. */
function unreachable(code: number): Uint8Array {
  const quoted = [0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 9, 0x30, 0x39, 0, 53, 0, 8, 0, 0]
  return icmpFrame('192.0.2.254', '192.0.2.1', Uint8Array.from([3, code, 0, 0, 0, 0, 0, 0, ...quoted]))
}

describe('icmp', () => {
  it('tells which quoted destinations are unreachable, and why', async () => {
    const report = await reportOf([unreachable(13), unreachable(13), unreachable(3)])
    expect(rowsOf(report, 'icmp', 'unreachable')).toEqual([
      { destination: '192.0.2.9: prohibited by a filter', messages: 2 },
      { destination: '192.0.2.9: port unreachable', messages: 1 },
    ])
  })
})
