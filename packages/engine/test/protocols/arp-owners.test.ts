import { describe, expect, it } from 'vitest'
import { Packet } from '../../src/packet.ts'
import { ArpTable } from '../../src/protocols/arp.ts'

/** An ARP reply in which the host `mac` says that it owns 10.0.0.`host`. */
function reply(mac: number[], host: number): Packet {
  const bytes = Uint8Array.from([0, 1, 8, 0, 6, 4, 0, 2, ...mac, 10, 0, 0, host, 2, 0, 0, 0, 0, 9, 10, 0, 0, 9])
  const packet = new Packet()
  packet.bytes = bytes
  packet.view = new DataView(bytes.buffer)
  packet.end = bytes.length
  packet.capturedLength = bytes.length
  packet.wireLength = bytes.length
  packet.beginDecoding()
  return packet
}

const first = [2, 0, 0, 0, 0, 1]
const second = [2, 0, 0, 0, 0, 2]
const multicast = [1, 0, 0, 0, 0, 2]

describe('ArpTable', () => {
  it('finds an address that was first seen with another owner', () => {
    const table = new ArpTable()
    const isDuplicate = [first, second, first].map((mac) => table.take(reply(mac, 1))?.isDuplicateAddress)
    expect(isDuplicate).toEqual([false, true, false])
  })

  it('neither believes nor accuses multicast addresses', () => {
    const table = new ArpTable()
    const isDuplicate = [multicast, first, multicast].map((mac) => table.take(reply(mac, 1))?.isDuplicateAddress)
    expect(isDuplicate).toEqual([false, false, false])
  })
})
