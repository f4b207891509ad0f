import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CaptureRun, DRAIN_ENDED } from '../../src/capture-run.ts'
import { EngineError } from '../../src/errors.ts'
import { compileFilter, FrameFacts, filterFields } from '../../src/filter/index.ts'
import { withLimits } from '../../src/limits.ts'
import { buildPcap, dnsMessage, TcpConversation, type TestFrame, udpFrame } from '../../src/testing/index.ts'

const client = { address: '10.0.0.1', port: 40_000 }
const server = { address: '192.0.2.7', port: 80 }
const host = { address: '10.0.0.1', port: 53_000 }
const resolver = { address: '10.0.0.53', port: 53 }
const millisecond = 1_000_000

/** Frames 1-3 a handshake, 4 data, 5 its acknowledgment, 6 and 7 data of which 7 is sent again in 8; 9 and 10 DNS. */
function frames(): TestFrame[] {
  const list: TestFrame[] = []
  const payload = new TextEncoder().encode('GET / HTTP/1.1\r\nHost: www.example.com\r\n\r\n')
  new TcpConversation(client, server, list)
    .open(0, 20 * millisecond)
    .send('client', 30 * millisecond, { payload })
    .send('server', 50 * millisecond)
    .send('client', 60 * millisecond, { payload })
    .send('client', 70 * millisecond, { payload })
    .send('client', 400 * millisecond, { payload, at: 1 + 2 * payload.length })
  list.push(udpFrame(host, resolver, dnsMessage(7, 'www.example.org')))
  list.push(udpFrame(resolver, host, dnsMessage(7, 'www.example.org', { addresses: ['192.0.2.1'] })))
  return list
}

const capture = buildPcap(frames())

function select(filter: string): number[] {
  const compiled = compileFilter(filter)
  const selected: number[] = []
  let run: CaptureRun | null = null
  const facts = new FrameFacts((index) => {
    if (run === null) throw new Error('no run')
    return run.pipeline.flow.at(index)
  })
  const frame = (packet: { number: number }) => {
    if (compiled.matches(facts)) selected.push(packet.number)
  }
  run = new CaptureRun(withLimits(), [facts.on, { frame }], { protocols: true, ownView: true })
  run.beginFile(null)
  run.input.push(capture)
  run.input.finish()
  while (run.drain() !== DRAIN_ENDED) if (run.input.metadata !== null) break
  run.endFile()
  run.finish()
  return selected
}

describe('compileFilter', () => {
  it.each<[string, number[]]>([
    ['tcp', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['udp', [9, 10]],
    ['!tcp', [9, 10]],
    ['tcp.flags.syn == 1', [1, 2]],
    ['tcp.flags.syn == 1 && !(tcp.flags.ack == 1)', [1]],
    ['tcp.flags & 0x02', [1, 2]],
    ['tcp.len > 0', [4, 6, 7, 8]],
    ['tcp.port in {80, 8000..8080}', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['frame.number in {1, 3..4}', [1, 3, 4]],
    ['frame.number not in {2..10}', [1]],
    ['ip.addr == 10.0.0.0/8 && udp', [9, 10]],
    ['ip.src == 192.0.2.0/24', [2, 5]],
    ['ip.addr != 10.0.0.1', []],
    ['ip.addr !== 10.0.0.1', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    ['any ip.addr == 192.0.2.7', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['all tcp.port > 100', []],
    ['tcp.analysis.retransmission', [8]],
    ['dns.qry.name contains "example"', [9, 10]],
    ['dns.qry.name matches "^WWW\\\\."', [9, 10]],
    ['dns.flags.response == true', [10]],
    ['tcp.payload[0:3] == 47:45:54', [4, 6, 7, 8]],
    ['tcp.payload[0:3] == "GET"', [4, 6, 7, 8]],
    ['tcp.payload[-4:] == 0d:0a:0d:0a', [4, 6, 7, 8]],
    ['frame contains "Host:"', [4, 6, 7, 8]],
    ['http.host == "www.example.com"', [4, 6, 7]],
    ['upper(http.host) == "WWW.EXAMPLE.COM" and tcp.stream eq 0', [4, 6, 7]],
    ['len(tcp.payload) >= 40', [4, 6, 7, 8]],
    ['count(ip.addr) == 2', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    ['http.host == www.example.com', [4, 6, 7]],
    ['1 < 2', []],
    ['tcp.srcport == tcp.dstport', []],
    ['tcp.dstport < tcp.srcport', [1, 3, 4, 6, 7, 8]],
    ['10 < frame.len', []],
    ['udp || tcp && frame.number == 1', [1, 9, 10]],
    ['tcp xor frame.number < 9', []],
  ])('%s', (filter, expected) => {
    if (/^\d/.test(filter)) expect(() => compileFilter(filter)).toThrow(EngineError)
    else expect(select(filter)).toEqual(expected)
  })

  it.each<[string, RegExp, string | undefined]>([
    ['', /is empty/, 'tcp.port == 443'],
    ['tcp.prot == 80', /no field tcp\.prot/, 'did you mean tcp.port'],
    ['tcp.flags.rst == 1', /no field/, 'did you mean tcp.flags.reset?'],
    ['retransmission', /no field retransmission/, 'tcp.analysis.retransmission'],
    ['ip.addr == 300.1.1.1', /expected an IPv4 address/, undefined],
    ['ip.addr == 2001:db8::1', /expected an IPv4 address/, 'ipv6.addr'],
    ['tcp.port == "80"', /expected a number/, undefined],
    ['tcp.port in {80 443}', /column 17.*expected }/, undefined],
    ['tcp && ', /at its end/, undefined],
    ['(tcp', /expected \)/, undefined],
    ['tcp.port contains "8"', /contains needs text or bytes/, undefined],
    ['http.host matches "("', /column 19/, undefined],
    ['http.host matches "\\.com"', /no escape sequence/, 'r"…"'],
    ['dns.qry.name == "unclosed', /no closing quote/, undefined],
    ['tls.handshake.type == 16', /only 1, 2, 11 are known/, undefined],
    ['tcp.port[0] == 1', /a slice needs bytes/, undefined],
    ['max(tcp.port) > 1', /no function max/, 'len'],
    ['80', /no test/, 'field == value'],
    [`${'('.repeat(300)}tcp${')'.repeat(300)}`, /nested more than 200/, undefined],
  ])('refuses %s and says where and what to do', (filter, message, hint) => {
    let error: unknown
    try {
      compileFilter(filter)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(EngineError)
    const { code, message: said, hint: advice } = error as EngineError
    expect(code).toBe('INVALID_FILTER')
    expect(said).toMatch(message)
    if (hint !== undefined) expect(advice).toContain(hint)
  })

  it('throws nothing but its own error, whatever is typed', () => {
    const words = filterFields.slice(0, 12).map(({ name }) => name)
    const piece = fc.oneof(
      fc.constantFrom(
        ...words,
        '==',
        '!=',
        '&&',
        '||',
        '!',
        '(',
        ')',
        '{',
        '}',
        '[',
        ']',
        '..',
        'in',
        'contains',
        '80',
        '10.0.0.1',
        '"x"',
        ',',
      ),
      fc.string({ maxLength: 6 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        try {
          compileFilter(pieces.join(' '))
        } catch (error) {
          expect(error).toBeInstanceOf(EngineError)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('has each field once, with a description', () => {
    expect(new Set(filterFields.map(({ name }) => name)).size).toBe(filterFields.length)
    for (const { description } of filterFields) expect(description).not.toBe('')
  })
})
