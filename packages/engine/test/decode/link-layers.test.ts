import { describe, expect, it } from 'vitest'
import { SERVICE_TAG } from '../../src/packet.ts'
import { tcpFrame } from '../../src/testing/index.ts'
import { from, to, walkFrame } from './walk-frames.ts'

const LINKTYPE_NULL = 0
const LINKTYPE_PPP = 9
const LINKTYPE_RAW = 101
const LINKTYPE_WLAN = 105
const LINKTYPE_LOOP = 108
const LINKTYPE_SLL = 113

const frame = tcpFrame(from, to, { sequence: 1 })
const packet = [...frame.subarray(14)]
const packetV6 = [
  ...tcpFrame({ ...from, address: '2001:db8::1' }, { ...to, address: '2001:db8::2' }, { sequence: 1 }).subarray(14),
]
const addresses = [...frame.subarray(0, 12)]
const snap = [0xaa, 0xaa, 3, 0, 0, 0, 8, 0, ...packet]

describe('Ethernet', () => {
  it('tells service tags from VLAN tags', () => {
    const tagged = walkFrame([...addresses, 0x88, 0xa8, 0, 7, 0x81, 0, 0, 5, 8, 0, ...packet])
    expect(tagged.vlanIds).toEqual([7 | SERVICE_TAG, 5])
    expect(tagged.ports).toEqual([1000])
  })

  it('goes past backbone, port extension and Cisco metadata tags', () => {
    expect(walkFrame([...addresses, 0x88, 0xe7, 0, 0, 0, 5, ...addresses, 8, 0, ...packet]).ports).toEqual([1000])
    expect(walkFrame([...addresses, 0x89, 0x3f, 0, 0, 0, 0, 0, 0, 8, 0, ...packet]).ports).toEqual([1000])
    expect(walkFrame([...addresses, 0x89, 0x09, 1, 1, 0, 1, 0, 5, 8, 0, ...packet]).ports).toEqual([1000])
  })

  it('reads LLC by its exact access points and its control field', () => {
    const llc = (...payload: number[]) => [...addresses, payload.length >> 8, payload.length & 255, ...payload]
    expect(walkFrame(llc(...snap)).ports).toEqual([1000])
    expect(walkFrame(llc(0xaa, 0xab, ...snap.slice(2))).ports).toEqual([])
    expect(walkFrame(llc(0xaa, 0xaa, 0x13, ...snap.slice(3))).ports).toEqual([])
    expect(walkFrame(llc(0xaa, 0xaa, 0, 0, ...snap.slice(3))).ports).toEqual([1000])
    expect(walkFrame(llc(0xfe, 0xfe, 3, 0xcc, ...packet)).ports).toEqual([1000])
    expect(walkFrame(llc(0xaa, 0xaa, 3, 0, 0x80, 0xc2, 0, 7, 0, 0, ...frame)).ports).toEqual([1000])
  })

  it('names a protocol only where enough of its header was captured', () => {
    const cut = (length: number) => walkFrame(frame.subarray(0, length)).protocols
    expect(cut(13)).toEqual([])
    expect(cut(14)).toEqual(['eth'])
    expect(cut(15)).toEqual(['eth', 'ip'])
    expect(cut(37)).toEqual(['eth', 'ip'])
    expect(cut(38)).toEqual(['eth', 'ip', 'tcp'])
  })

  it('finds no TCP behind an IPv4 header without payload', () => {
    const empty = [...frame.subarray(0, 34)]
    empty[17] = 20
    expect(walkFrame(empty).protocols).toEqual(['eth', 'ip'])
  })
})

describe('other links', () => {
  it('reads a loopback family in either byte order, unless the link type fixes it', () => {
    expect(walkFrame([2, 0, 0, 0, ...packet], LINKTYPE_NULL).ports).toEqual([1000])
    expect(walkFrame([0, 0, 0, 2, ...packet], LINKTYPE_NULL).ports).toEqual([1000])
    expect(walkFrame([0, 8, 0, 0, ...packet], LINKTYPE_NULL).ports).toEqual([1000])
    expect(walkFrame([0, 0, 0, 2, ...packet], LINKTYPE_LOOP).ports).toEqual([1000])
    expect(walkFrame([2, 0, 0, 0, ...packet], LINKTYPE_LOOP).ports).toEqual([])
    expect(walkFrame([30, 0, 0, 0, ...packetV6], LINKTYPE_NULL).ports).toEqual([1000])
    expect(walkFrame([10, 0, 0, 0, ...packetV6], LINKTYPE_NULL).ports).toEqual([])
  })

  it('finds PPP in raw IP, and Cisco framing, bridging and multilink in PPP', () => {
    expect(walkFrame([0xff, 3, 0, 0x21, ...packet], LINKTYPE_RAW).ports).toEqual([1000])
    expect(walkFrame([0x0f, 0, 8, 0, ...packet], LINKTYPE_PPP).ports).toEqual([1000])
    expect(walkFrame([0xff, 3, 0, 0x31, 0, 1, ...frame], LINKTYPE_PPP).ports).toEqual([1000])
    expect(walkFrame([0xff, 3, 0, 0x3d, 0xc0, 0, 0, 0, 0, 0x21, ...packet], LINKTYPE_PPP).ports).toEqual([1000])
  })

  it('takes the protocol of a Linux GRE device for that of the payload', () => {
    expect(walkFrame([0, 0, 3, 10, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, ...packet], LINKTYPE_SLL).ports).toEqual([1000])
  })

  it('reads every part of an aggregate of 802.11', () => {
    const header = [0x88, 1, 0, 0, ...new Array<number>(20).fill(0), 0x80, 0]
    const part = [...addresses, snap.length >> 8, snap.length & 255, ...snap]
    const padding = new Array<number>(-part.length & 3).fill(0)
    expect(walkFrame([...header, ...part, ...padding, ...part], LINKTYPE_WLAN).ports).toEqual([1000, 1000])
  })

  it('does not read fragments of 802.11 as whole frames', () => {
    const header = [0x08, 5, 0, 0, ...new Array<number>(20).fill(0)]
    expect(walkFrame([...header, ...snap], LINKTYPE_WLAN).protocols).toEqual(['wlan'])
  })
})
