import { describe, expect, it } from 'vitest'
import { icmpFrame, inVlan, tcpFrame } from '../../src/testing/index.ts'
import { from, to, walkFrames } from './walk-frames.ts'

const segment = tcpFrame(from, to, { sequence: 1, payload: new Uint8Array(40) })

/** A fragment of the segment's packet: its payload from `start` to `end`, with a total length of its own. */
function fragment(start: number, end: number, hasMore: boolean, totalLength = 20 + end - start): Uint8Array {
  const bytes = Uint8Array.from([...segment.subarray(0, 34), ...segment.subarray(34 + start, 34 + end)])
  const view = new DataView(bytes.buffer)
  view.setUint16(16, totalLength)
  view.setUint16(20, (hasMore ? 0x2000 : 0) | (start >> 3))
  return bytes
}

describe('IPv4 fragments', () => {
  it('are put together in either order', () => {
    expect(walkFrames([fragment(0, 32, true), fragment(32, 60, false)]).map(({ ports }) => ports)).toEqual([[], [1000]])
    expect(walkFrames([fragment(32, 60, false), fragment(0, 32, true)]).map(({ ports }) => ports)).toEqual([[], [1000]])
  })

  it('are read on their own where the first one is longer than the frame', () => {
    expect(walkFrames([fragment(0, 32, true, 1500)])[0].ports).toEqual([1000])
  })

  it('between private addresses belong together only within one VLAN', () => {
    const [first, last] = [fragment(0, 32, true), fragment(32, 60, false)]
    expect(walkFrames([inVlan(first, 5), inVlan(last, 6)])[1].ports).toEqual([])
    expect(walkFrames([inVlan(first, 5), inVlan(last, 5)])[1].ports).toEqual([1000])
  })
})

describe('an ICMP error', () => {
  it('that redirects quotes no more of TCP than its first eight bytes', () => {
    const quote = [...segment.subarray(14, 14 + 40)]
    const error = (type: number) =>
      icmpFrame('10.0.0.9', '10.0.0.1', Uint8Array.from([type, 1, 0, 0, 0, 0, 0, 0, ...quote]))
    const other = tcpFrame(from, { ...to, port: 5 }, { sequence: 1 })
    expect(walkFrames([error(3), other])[1].streams).toEqual([1])
    expect(walkFrames([error(5), other])[1].streams).toEqual([0])
  })
})

describe('a source route', () => {
  it('makes its last address the destination until it is used up', () => {
    const route = (pointer: number) => [0x83, 7, pointer, 10, 9, 9, 9, 0]
    const routed = (pointer: number) => {
      const bytes = Uint8Array.from([...segment.subarray(0, 34), ...route(pointer), ...segment.subarray(34)])
      bytes[14] = 0x47
      bytes[17] += 8
      return bytes
    }
    expect(walkFrames([segment, routed(4), routed(8)]).map(({ streams }) => streams[0])).toEqual([0, 1, 0])
  })
})
