import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listDnsAnswers } from '../../src/protocols/dns-answers.ts'
import { DnsMessage, parseDnsMessage } from '../../src/protocols/dns-message.ts'
import { dnsMessage } from './support.ts'

const parse = (bytes: Uint8Array) => parseDnsMessage(bytes, 0, bytes.length, new DnsMessage())
const header = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
const question = (...name: number[]) => parse(Uint8Array.of(...header, ...name, 0, 1, 0, 1))

describe('parseDnsMessage', () => {
  it('reads a query', () => {
    const message = parse(dnsMessage(0x1234, 0x0100, 'www.example.com', 28))
    expect(message).toMatchObject({ id: 0x1234, isResponse: false, name: 'www.example.com', type: 28, complete: true })
  })

  it('gives answers on demand', () => {
    const bytes = dnsMessage(1, 0x8180, 'a.b', 1, [Uint8Array.of(192, 0, 2, 1), Uint8Array.of(192, 0, 2, 2)])
    expect(listDnsAnswers(bytes, parse(bytes))).toEqual(['192.0.2.1', '192.0.2.2'])
  })

  it('names the root and shows control characters, escapes and broken UTF-8 as tshark does', () => {
    expect(question(0).name).toBe('<Root>')
    expect(question(4, 0x61, 1, 0x0a, 0x7f, 0).name).toBe('a\\001\\n\\177')
    expect(question(3, 0xff, 0xc3, 0xa9, 0).name).toBe('\ufffd\u00e9')
    expect(question(3, 0xe2, 0x80, 0x8b, 0).name).toBe('\\u200B')
  })

  it('ends pointers that loop, and goes on after them', () => {
    const message = question(3, 0x61, 0x62, 0x63, 0xc0, 12)
    expect(message).toMatchObject({ name: '<Name contains a pointer that loops>', type: 1, complete: true })
  })

  it('calls a name of more than 253 characters too long', () => {
    const labels = Array.from({ length: 5 }, () => [50, ...Array<number>(50).fill(0x61)]).flat()
    expect(question(...labels, 0).name).toBe('<Name too long>')
  })

  it('is incomplete when a record runs past the end', () => {
    const bytes = dnsMessage(1, 0x8180, 'a.b', 1, [Uint8Array.of(192, 0, 2, 1)])
    expect(parse(bytes.subarray(0, bytes.length - 1))).toMatchObject({ complete: false, questionReadable: true })
    bytes[bytes.length - 5] = 9
    expect(parse(bytes).complete).toBe(false)
  })

  it('never throws and never reads outside its bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 20 }), (bytes, around) => {
        const framed = Uint8Array.of(...around, ...bytes, ...around)
        const inside = parseDnsMessage(framed, around.length, around.length + bytes.length, new DnsMessage())
        const alone = parse(bytes)
        expect([inside.complete, inside.name, inside.type]).toEqual([alone.complete, alone.name, alone.type])
        listDnsAnswers(bytes, alone)
      }),
      { numRuns: 2000 },
    )
  })
})
