import { describe, expect, it } from 'vitest'
import { printFacts } from '../../../../test/print-facts.ts'
import { buildPcap, type Endpoint, icmpFrame, type TestFrame, tcpFrame, udpFrame } from '../../src/testing/index.ts'
import { ascii, dnsMessage } from '../protocols/support.ts'

const mac = '02:00:00:00:00:01'
const client: Endpoint = { mac, address: '10.0.0.1', port: 40_000 }
const dnsServer: Endpoint = { mac: '02:00:00:00:00:02', address: '10.0.0.2', port: 53 }
const webServer: Endpoint = { ...dnsServer, port: 80 }
const RESPONSE = 0x8000

const factsOf = (frames: readonly TestFrame[]) => JSON.parse(printFacts([buildPcap(frames)], 0))

/** DNS messages as they follow each other in a TCP stream, each behind its length. */
function overTcp(...messages: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    messages.flatMap((message) => [Uint8Array.of(message.length >> 8, message.length & 255), message]),
  )
}

describe('rows of facts', () => {
  it.each([
    ['one of its queries was answered', [dnsMessage(1, RESPONSE, 'a.example')], []],
    ['none was, once however many there are', [], [1]],
  ])('call a frame of several DNS queries as unanswered as tshark does: %s', (_, answers, unanswered) => {
    const queries = overTcp(dnsMessage(1, 0x0100, 'a.example'), dnsMessage(2, 0x0100, 'b.example'))
    const frames = [tcpFrame(client, dnsServer, { sequence: 1, acknowledgment: 1, flags: 'PA', payload: queries })]
    const acknowledgment = 1 + queries.length
    if (answers.length > 0)
      frames.push(
        tcpFrame(dnsServer, client, { sequence: 1, acknowledgment, flags: 'PA', payload: overTcp(...answers) }),
      )
    expect(factsOf(frames).dns.unanswered).toEqual(unanswered)
  })

  it('have no URI where a request was cut behind its method', () => {
    const whole = tcpFrame(client, webServer, {
      sequence: 1,
      acknowledgment: 1,
      flags: 'PA',
      payload: Uint8Array.from(ascii('GET /index.html HTTP/1.1\r\nHost: h\r\n\r\n')),
    })
    const methodEnd = whole.length - '/index.html HTTP/1.1\r\nHost: h\r\n\r\n'.length
    const facts = factsOf([{ bytes: whole.subarray(0, methodEnd), wireLength: whole.length }])
    expect(facts.http.requests).toEqual([[1, 0, 'GET', null, null]])
  })

  it.each([
    [27, 'within its UDP header', {}],
    [28, 'behind its UDP header', { eth: 1, ip: 1, icmp: 1 }],
    [29, 'within its payload', {}],
    [40, 'nowhere', { eth: 1, ip: 1, icmp: 1 }],
  ])(
    'leave an ICMP error out of the protocols where tshark does: %i bytes of the quotation, cut %s',
    (kept, _, counts) => {
      const quoted = udpFrame({ ...client, port: 5004 }, { ...dnsServer, port: 5005 }, new Uint8Array(12)).subarray(14)
      const error = icmpFrame(dnsServer.address, client.address, Uint8Array.from([3, 3, 0, 0, 0, 0, 0, 0, ...quoted]))
      const bytes = error.subarray(0, error.length - quoted.length + kept)
      expect(factsOf([{ bytes, wireLength: error.length }]).protocols).toEqual(counts)
    },
  )

  it.each([
    { operation: 1, payloadBytes: 300, kept: 33, row: null, reason: 'a request before the hardware address' },
    {
      operation: 1,
      payloadBytes: 300,
      kept: 34,
      row: [null, mac, '0.0.0.7'],
      reason: 'as short as BOOTP, no options yet',
    },
    { operation: 2, payloadBytes: 300, kept: 7, row: null, reason: 'a reply before its transaction' },
    { operation: 2, payloadBytes: 300, kept: 19, row: [null, null, null], reason: 'a reply before its address' },
    { operation: 2, payloadBytes: 300, kept: 20, row: [null, null, '0.0.0.7'], reason: 'a reply behind its address' },
    { operation: 2, payloadBytes: 300, kept: 243, row: null, reason: 'within the options' },
    { operation: 2, payloadBytes: 300, kept: 244, row: [5, mac, '0.0.0.7'], reason: 'behind the last option' },
    { operation: 2, payloadBytes: 301, kept: 239, row: null, reason: 'longer than BOOTP, before the options' },
    { operation: 2, payloadBytes: 301, kept: 301, row: [5, mac, '0.0.0.7'], reason: 'whole' },
  ])(
    'tell of a DHCP message that was cut as much as tshark does: $reason',
    ({ operation, payloadBytes, kept, row }) => {
      const whole = udpFrame({ ...client, port: 68 }, { ...dnsServer, port: 67 }, dhcpMessage(operation, payloadBytes))
      const bytes = whole.subarray(0, whole.length - payloadBytes + kept)
      const facts = factsOf([{ bytes, wireLength: whole.length }])
      expect(facts.dhcp.v4).toEqual(row === null ? [] : [[1, 9, ...row]])
    },
  )
})

/** Transaction 9 about address 0.0.0.7; its only option, the message type, ends with byte 244. */
function dhcpMessage(operation: number, bytes: number): Uint8Array {
  const message = new Uint8Array(bytes)
  message.set([operation, 1, 6, 0, 0, 0, 0, 9])
  message.set([0, 0, 0, 7], 16)
  message.set([2, 0, 0, 0, 0, 1], 28)
  message.set([0x63, 0x82, 0x53, 0x63, 53, 1, 5, 255], 236)
  return message
}
