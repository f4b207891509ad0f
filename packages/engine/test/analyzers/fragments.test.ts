import { describe, expect, it } from 'vitest'
import { absoluteTime, type TestFrame, udpFrame } from '../../src/testing/index.ts'
import { factOf, findingsOf, reportOf } from './report-of.ts'

const SECOND = 1e9
const ours = ['ip-fragments']

/** An IPv4 fragment of a UDP datagram between two fixed hosts. */
function fragmentV4(id: number, offset: number, length: number, hasMore: boolean): Uint8Array {
  const frame = new Uint8Array(14 + 20 + length)
  const view = new DataView(frame.buffer)
  view.setUint16(12, 0x0800)
  frame.set([0x45, 0], 14)
  view.setUint16(16, 20 + length)
  view.setUint16(18, id)
  view.setUint16(20, (hasMore ? 0x2000 : 0) | (offset / 8))
  frame.set([64, 17], 22)
  frame.set([192, 0, 2, 1, 192, 0, 2, 2], 26)
  if (offset === 0) frame.set([0x13, 0x88, 0x17, 0x70, 0x0b, 0xc0], 34)
  return frame
}

/** The same over IPv6, with a fragment header. */
function fragmentV6(id: number, offset: number, length: number, hasMore: boolean): Uint8Array {
  const frame = new Uint8Array(14 + 40 + 8 + length)
  const view = new DataView(frame.buffer)
  view.setUint16(12, 0x86dd)
  frame[14] = 0x60
  view.setUint16(18, 8 + length)
  frame.set([44, 64], 20)
  frame.set([0x20, 1, 0x0d, 0xb8], 22)
  frame.set([0x20, 1, 0x0d, 0xb8], 38)
  frame[37] = 1
  frame[53] = 2
  frame[54] = 17
  view.setUint16(56, offset | (hasMore ? 1 : 0))
  view.setUint32(58, id)
  if (offset === 0) frame.set([0x13, 0x88, 0x17, 0x70, 0x0b, 0xc0], 62)
  return frame
}

const other = udpFrame({ address: '192.0.2.9', port: 9 }, { address: '192.0.2.8', port: 8 }, new Uint8Array(8))

function at(seconds: number, bytes: Uint8Array): TestFrame {
  return { bytes, ...absoluteTime(seconds * SECOND) }
}

describe.each([
  ['IPv4', fragmentV4],
  ['IPv6', fragmentV6],
])('fragments of %s', (_, fragment) => {
  it('counts a datagram that comes whole, in any order, as complete', async () => {
    const report = await reportOf([
      at(0, fragment(7, 1480, 1480, true)),
      at(0.1, fragment(7, 0, 1480, true)),
      at(0.2, fragment(7, 2960, 56, false)),
      at(9, other),
    ])
    expect(factOf(report, 'fragments', 'complete')).toBe(1)
    expect(factOf(report, 'fragments', 'incomplete')).toBe(0)
    expect(findingsOf(report, ...ours)).toEqual([])
  })

  it('finds a datagram that lacks a piece, with the frames of the pieces that came', async () => {
    const report = await reportOf([
      at(0, fragment(7, 0, 1480, true)),
      at(0.1, fragment(7, 2960, 56, false)),
      at(9, other),
    ])
    const [finding] = findingsOf(report, ...ours)
    expect(finding).toMatchObject({ kind: 'ip-fragments-lost', displayFilter: 'frame.number in {1..2}' })
  })

  it('waits for the rest at the end of the capture', async () => {
    const report = await reportOf([at(0, other), at(9, fragment(7, 0, 1480, true))])
    expect(findingsOf(report, ...ours)).toEqual([])
  })

  it('finds overlapping and tiny fragments, but takes none sent twice for overlapping', async () => {
    const overlapping = [at(0, fragment(7, 0, 1480, true)), at(0.1, fragment(7, 1400, 1600, false))]
    expect(findingsOf(await reportOf(overlapping), 'ip-fragments-overlap')).toHaveLength(1)
    const tiny = [at(0, fragment(8, 0, 8, true)), at(0.1, fragment(8, 8, 3000, false))]
    expect(findingsOf(await reportOf(tiny), 'ip-fragments-tiny')).toHaveLength(1)
    const twice = [0, 0.1].map((time) => at(time, fragment(9, 0, 1480, true)))
    expect(findingsOf(await reportOf([...twice, at(0.2, fragment(9, 1480, 1528, false))]), ...ours)).toEqual([])
  })

  it('keeps datagrams with different identifications apart', async () => {
    const report = await reportOf([
      at(0, fragment(1, 0, 1480, true)),
      at(0.1, fragment(2, 1480, 1528, false)),
      at(9, other),
    ])
    expect(factOf(report, 'fragments', 'complete')).toBe(0)
    expect(factOf(report, 'fragments', 'incomplete')).toBe(2)
  })
})
