import { describe, expect, it } from 'vitest'
import { printFacts } from '../../../../test/print-facts.ts'
import { buildPcap, type Endpoint, type TestFrame, tcpFrame } from '../../src/testing/index.ts'
import { ascii, dnsMessage } from '../protocols/support.ts'

const client: Endpoint = { mac: '02:00:00:00:00:01', address: '10.0.0.1', port: 40_000 }
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
})
