import { describe, expect, it } from 'vitest'
import { printFacts } from '../../../../test/print-facts.ts'
import { pcapngInterface, pcapngPacket, pcapngSection } from '../../src/capture/write-pcapng.ts'

/** An Ethernet frame with a TCP segment between two hosts. */
function frame(flags: number, isReply: boolean): Uint8Array {
  const hex = [
    '000000000001000000000002',
    '0800',
    '4500002800004000400600000a0000',
    isReply ? '02' : '01',
    '0a0000',
    isReply ? '01' : '02',
    isReply ? '00509c40' : '9c400050',
    '0000000100000001',
    '50',
    flags.toString(16).padStart(2, '0'),
    '200000000000',
  ].join('')
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
}

/** An Enhanced Packet Block at so many nanoseconds since 1970, which may be more than a number holds. */
function packetAt(ticks: bigint, bytes: Uint8Array): Uint8Array {
  const block = pcapngPacket({ seconds: 0, nanoseconds: 0, bytes, wireLength: bytes.length })
  const view = new DataView(block.buffer, block.byteOffset)
  view.setUint32(12, Number(ticks >> 32n), true)
  view.setUint32(16, Number(ticks & 0xffffffffn), true)
  return block
}

describe('facts of a capture whose clock jumps by centuries', () => {
  it('are JSON all the same, with an initial RTT of twenty digits', () => {
    const chunks = [
      pcapngSection(),
      pcapngInterface(),
      packetAt(1n, frame(0x02, false)),
      packetAt(2n, frame(0x12, true)),
      packetAt((1n << 64n) - 1n, frame(0x10, false)),
    ]
    const facts = JSON.parse(printFacts(chunks, 0))
    expect(String(facts.tcp.irtt[0])).toMatch(/^1844674407370955/)
  })
})
