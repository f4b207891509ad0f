import { type Endpoint, ipFrame, udpDatagram, udpFrame } from '@pcap-analyzer/engine/testing'
import { filler, joined } from '../payloads/text.ts'
import type { Scenario } from '../scenario.ts'
import { MS, SECOND } from '../units.ts'

const PACKET_NS = 20 * MS
const TICKS_A_PACKET = 160

/** A packet of a voice stream: G.711, 20 ms (RFC 3550, RFC 3551). */
function voice(index: number, source: number): Uint8Array {
  const header = new DataView(new ArrayBuffer(12))
  header.setUint16(0, 0x8000)
  header.setUint16(2, (40_000 + index) & 0xffff)
  header.setUint32(4, 5000 + index * TICKS_A_PACKET)
  header.setUint32(8, source)
  return joined(new Uint8Array(header.buffer), filler(TICKS_A_PACKET))
}

export const troubledCall: Scenario = {
  name: 'rtp-jitter-loss',
  story:
    'In a call of thirty seconds, one direction loses four percent of its packets and comes in bunches of ten; the other is fine.',
  play: (stage) => {
    const caller: Endpoint = { address: stage.inside(30), port: 16_384 }
    const callee: Endpoint = { address: stage.outside(30), port: 20_002 }
    for (let i = 0; i < 1500; i++) {
      stage.record(i * PACKET_NS, udpFrame(caller, callee, voice(i, 0x1111)))
      if (stage.random.next() < 0.04) continue
      const lateNs = i < 100 ? 0 : (9 - (i % 10)) * 0.98 * PACKET_NS
      stage.record(i * PACKET_NS + 40 * MS + lateNs, udpFrame(callee, caller, voice(i, 0x2222), { hopLimit: 55 }))
    }
    const subject = [callee.address, caller.address]
    return {
      expected: [
        { kind: 'rtp-jitter', subject },
        { kind: 'rtp-loss', subject },
      ],
    }
  },
}

export const goodCall: Scenario = {
  name: 'healthy-call',
  story: 'A call of thirty seconds without loss and with a few milliseconds of jitter: nothing is wrong.',
  play: (stage) => {
    const caller: Endpoint = { address: stage.inside(30), port: 16_384 }
    const callee: Endpoint = { address: stage.outside(30), port: 20_002 }
    for (let i = 0; i < 1500; i++) {
      stage.record(i * PACKET_NS, udpFrame(caller, callee, voice(i, 0x1111)))
      const lateNs = stage.random.between(0, 4) * MS
      stage.record(i * PACKET_NS + 15 * MS + lateNs, udpFrame(callee, caller, voice(i, 0x2222), { hopLimit: 55 }))
    }
    return { expected: [] }
  },
}

const FRAGMENT_BYTES = 1400

export const lostFragment: Scenario = {
  name: 'lost-fragment',
  story: 'A host sends datagrams of 4000 bytes in three fragments; of every fifth datagram the last fragment is lost.',
  play: (stage) => {
    const from: Endpoint = { address: stage.outside(40), port: 5000 }
    const to: Endpoint = { address: stage.inside(40), port: 6000 }
    for (let i = 0; i < 60; i++) {
      const datagram = udpDatagram(from, to, filler(4000))
      for (let offset = 0; offset < datagram.length; offset += FRAGMENT_BYTES) {
        const hasMore = offset + FRAGMENT_BYTES < datagram.length
        if (!hasMore && i % 5 === 4) continue
        const payload = datagram.subarray(offset, offset + FRAGMENT_BYTES)
        const fields = { identification: 1000 + i, fragment: { offset, hasMore }, hopLimit: 55 }
        const labels = i % 5 === 4 ? ['incomplete'] : []
        stage.record(i * SECOND + offset * 10, ipFrame(from, to, 17, payload, fields), ...labels)
      }
    }
    for (let i = 60; i < 100; i++) stage.record(i * SECOND, udpFrame(from, to, filler(100), { hopLimit: 55 }))
    return { expected: [{ kind: 'ip-fragments-lost', subject: [from.address, to.address] }] }
  },
}
