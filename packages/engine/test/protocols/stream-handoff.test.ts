import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SegmentFlag } from '../../src/protocols/segment-flags.ts'
import { ascii, dnsMessage, ScriptedConnection } from './support.ts'

const GET = 'GET /a HTTP/1.1\r\nHost: h\r\n\r\n'
const length = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`

/** Cuts the bytes at the given points and sends the parts. */
function sendCut(connection: ScriptedConnection, direction: 0 | 1, bytes: Uint8Array, cuts: readonly number[]): void {
  const points = [...new Set(cuts.map((cut) => cut % bytes.length))].filter((cut) => cut > 0).sort((a, b) => a - b)
  let start = 0
  for (const point of [...points, bytes.length]) {
    connection.send(direction, bytes.subarray(start, point))
    start = point
  }
}

const cuts = fc.array(fc.nat(), { maxLength: 40 })

describe('StreamHandoff', () => {
  it('finds the same HTTP messages however the stream is cut', () => {
    const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\na\r\n0123456789\r\n0\r\n\r\n'
    const put = GET.replace('GET', 'PUT').replace('Host', 'Content-Length: 4\r\nHost')
    const requests = ascii(`${GET}${put}body${GET}`)
    const responses = ascii(length('hello') + chunked + length('x'.repeat(300)) + length(''))
    // tshark takes a lone CR behind the last chunk for the end, so a cut there is no mere segmentation to it.
    const insideLastLineEnd = length('hello').length + chunked.length - 1
    fc.assert(
      fc.property(cuts, cuts, (requestCuts, anyCuts) => {
        const responseCuts = anyCuts.filter((cut) => cut % responses.length !== insideLastLineEnd)
        const connection = new ScriptedConnection(80)
        sendCut(connection, 0, requests, requestCuts)
        sendCut(connection, 1, responses, responseCuts)
        expect(connection.recorder.requests.map((r) => [r.method, r.bodyBytes])).toEqual([
          ['GET', 0],
          ['PUT', 4],
          ['GET', 0],
        ])
        expect(connection.recorder.responses.map((r) => r.bodyBytes)).toEqual([5, 32, 300, 0])
      }),
      { numRuns: 500 },
    )
  })

  it('finds the same DNS messages however the stream is cut', () => {
    const messages = [1, 2, 3, 4].map((id) => dnsMessage(id, 0x0100, `name-${id}.example.com`))
    const bytes = Uint8Array.from(messages.flatMap((message) => [0, message.length, ...message]))
    fc.assert(
      fc.property(cuts, (at) => {
        const connection = new ScriptedConnection(53)
        sendCut(connection, 0, bytes, at)
        expect(connection.recorder.dnsMessages.map((message) => message.id)).toEqual([1, 2, 3, 4])
      }),
      { numRuns: 500 },
    )
  })

  it('never throws on arbitrary segments', () => {
    const segment = fc.record({
      direction: fc.constantFrom<(0 | 1)[]>(0, 1),
      payload: fc.oneof(
        fc.uint8Array({ maxLength: 60 }),
        fc.constantFrom(...[GET, length('hello'), GET.slice(0, 9)].map(ascii)),
      ),
      flags: fc.nat(255),
      sequence: fc.option(fc.nat(200), { nil: undefined }),
    })
    fc.assert(
      fc.property(fc.constantFrom(80, 53, 22, 443, 9999), fc.array(segment, { maxLength: 30 }), (port, segments) => {
        const connection = new ScriptedConnection(port)
        for (const { direction, payload, flags, sequence } of segments)
          connection.send(direction, payload, flags, sequence)
        connection.handoff.release(0)
      }),
      { numRuns: 2000 },
    )
  })

  it('looks at a cut segment that repeats what was acknowledged, not at one that repeats what was not', () => {
    for (const [flag, requests] of [
      [SegmentFlag.plainRetransmission, 1],
      [SegmentFlag.spuriousRetransmission, 2],
    ] as const) {
      const connection = new ScriptedConnection(80)
      connection.send(0, GET, 0, 1, false)
      connection.send(0, GET, flag, 1, false)
      expect(connection.recorder.requests).toHaveLength(requests)
    }
  })

  it('does not hand over what the analysis calls a repeat', () => {
    for (const flag of [SegmentFlag.plainRetransmission, SegmentFlag.spuriousRetransmission]) {
      const connection = new ScriptedConnection(80)
      connection.send(0, GET)
      connection.send(0, GET, flag, 1)
      expect(connection.recorder.requests).toHaveLength(1)
    }
  })

  it('knows a repeat of a finished message by its place', () => {
    const connection = new ScriptedConnection(80)
    connection.send(0, GET.slice(0, 9))
    connection.send(0, GET.slice(9))
    connection.send(0, GET.slice(0, 9), 0, 1)
    connection.send(0, GET.slice(9), 0, 10)
    expect(connection.recorder.requests).toHaveLength(1)
  })

  it('fills a hole inside a message with an out-of-order segment, but loses a message that one completes', () => {
    const response = length('0123456789')
    const cut = response.length - 8
    for (const [last, expected] of [
      ['tail', 1],
      ['hole', 0],
    ] as const) {
      const connection = new ScriptedConnection(80)
      connection.send(0, GET)
      connection.send(1, response.slice(0, cut))
      const position = connection.position(1)
      const tail = () => connection.send(1, response.slice(cut + 4), 0, position + 4)
      const hole = () => connection.send(1, response.slice(cut, cut + 4), SegmentFlag.outOfOrder, position)
      if (last === 'tail') hole()
      tail()
      if (last === 'hole') hole()
      expect(connection.recorder.responses).toHaveLength(expected)
    }
  })

  it('goes on behind a hole that is never filled', () => {
    const connection = new ScriptedConnection(80)
    connection.send(0, GET)
    connection.send(1, length('x'.repeat(100)).slice(0, 60))
    connection.skip(1, 500)
    connection.send(1, length('hello'))
    expect(connection.recorder.responses).toMatchObject([{ frame: 3 }])
  })

  it('gives up a message that stores too much, and counts it', () => {
    const connection = new ScriptedConnection(80, 1000)
    for (let i = 0; i < 30; i++) connection.send(0, 'x'.repeat(100))
    expect(connection.handoff.droppedBytes).toBeGreaterThan(1000)
  })

  it('forgets a connection when it is released', () => {
    const connection = new ScriptedConnection(80)
    connection.send(0, GET.slice(0, 9))
    connection.handoff.release(0)
    connection.send(0, GET.slice(9))
    expect(connection.recorder.requests).toEqual([])
  })
})
