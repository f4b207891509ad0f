import { describe, expect, it } from 'vitest'
import { CaptureInput } from '../../src/capture/source.ts'
import { defaultLimits } from '../../src/limits.ts'
import { Packet } from '../../src/packet.ts'
import { buildPcap, buildPcapng } from '../../src/testing/captures.ts'
import { readCapture } from './read-capture.ts'

const frame = new Uint8Array(60)

function text(value: string): Uint8Array {
  return Buffer.from(value)
}

describe('openCapture', () => {
  it.each([
    ['a PNG picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10)],
    ['a PDF document', text('%PDF-1.7\n')],
    ['a ZIP archive', text('PK\x03\x04abcdef')],
    ['an ELF program', text('\x7fELF\x02\x01')],
    ['a Windows program', text('MZ\x90\0')],
    ['an xz file', Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4)],
    ['a tar archive', Buffer.concat([Buffer.alloc(257, 'a'), Buffer.from('ustar\0')])],
    ['an SQLite database', text('SQLite format 3\0')],
    ['a snoop capture', text('snoop\0\0\0\0\0\0\x02')],
    ['a Network Monitor 2 capture', text('GMBU\0\x02')],
    ['an HTML page', text('<!DOCTYPE html><html>')],
    ['a PDML or PSML export', text('<?xml version="1.0"?>\n<pdml version="0">')],
    ['a JSON document', text('[{"_index": "packets"}]')],
    ['text that tcpdump printed', text('12:01:02.123456 IP 10.0.0.1.80 > 10.0.0.2.1234: Flags [S], length 0\n')],
    ['text that tshark printed', text('    1   0.000000 10.0.0.1 → 10.0.0.2 TCP 74 80\n'.replace('→', '->'))],
    ['a hex dump', text('0000  00 01 02 03 04 05 06 07\n')],
    ['plain text', text('hello there, this is no capture\n')],
    ['nothing but zero bytes', new Uint8Array(100)],
    ['01 02 03 04 05', Uint8Array.of(1, 2, 3, 4, 5)],
  ])('names %s instead of reading it', (found, file) => {
    const { error } = readCapture(file, [3])
    expect(error?.code).toBe('NOT_A_CAPTURE')
    expect(error?.message).toContain(found)
    expect(error?.hint).not.toBe('')
  })

  it('tells how to convert a capture in another format', () => {
    expect(readCapture(text('snoop\0\0\0\0\0\0\x02')).error?.hint).toContain('editcap -F pcapng')
  })

  it('refuses an empty input', () => {
    expect(readCapture(new Uint8Array(0)).error?.code).toBe('EMPTY_INPUT')
  })

  it('refuses a pcap of another major version', () => {
    const file = buildPcap([frame])
    file[4] = 3
    expect(readCapture(file).error).toMatchObject({
      code: 'UNSUPPORTED_VERSION',
      message: expect.stringContaining('3.4'),
    })
  })

  it('refuses a pcapng of another major version', () => {
    const file = buildPcapng([frame])
    file[12] = 2
    expect(readCapture(file).error).toMatchObject({
      code: 'UNSUPPORTED_VERSION',
      message: expect.stringContaining('2.0'),
    })
  })

  it.each([
    ['cut pcap header', buildPcap([]).subarray(0, 20)],
    ['cut section header', buildPcapng([]).subarray(0, 20)],
    ['section header without byte order', buildPcapng([frame]).fill(0, 8, 12)],
    ['section header of a length that cannot be', buildPcapng([frame]).fill(0xff, 4, 8)],
    ['section header whose end says another length', buildPcapng([frame]).fill(1, 24, 28)],
  ])('calls a %s damaged', (_, file) => {
    expect(readCapture(file).error?.code).toBe('DAMAGED_HEADER')
  })

  it('numbers packets through the files of a set', () => {
    const input = new CaptureInput(defaultLimits, 11)
    const packet = new Packet()
    input.push(buildPcap([frame, frame]))
    input.finish()
    input.next(packet)
    expect(packet.number).toBe(11)
    input.next(packet)
    input.next(packet)
    expect(input.metadata?.end.lastFrame).toBe(12)
  })
})
