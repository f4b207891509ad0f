import { describe, expect, it } from 'vitest'
import { SegmentFlag } from '../../src/protocols/segment-flags.ts'
import { ScriptedConnection } from './support.ts'

const GET = 'GET /a HTTP/1.1\r\nHost: h\r\n\r\n'
const HEAD = 'HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n'
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'

/** Sends the pieces, `>` from the initiator and `<` from the responder, and returns the connection. */
function talk(
  port: number,
  ...pieces: readonly [side: '>' | '<', payload: string, flags?: number][]
): ScriptedConnection {
  const connection = new ScriptedConnection(port)
  for (const [side, payload, flags] of pieces) connection.send(side === '>' ? 0 : 1, payload, flags)
  return connection
}

const summary = ({ recorder }: ScriptedConnection) => recorder.responses.map((r) => [r.frame, r.status, r.requestFrame])

describe('HttpDissector', () => {
  it('reports a message in the frame that completes it and remembers where it began', () => {
    const { recorder } = talk(80, ['>', GET.slice(0, 10)], ['>', GET.slice(10)], ['<', OK.slice(0, 41)], ['<', 'lo'])
    expect(recorder.requests).toMatchObject([{ frame: 2, firstFrame: 1, method: 'GET', uri: '/a', host: 'h' }])
    expect(recorder.responses).toMatchObject([
      { frame: 4, firstFrame: 3, requestFrame: 2, sinceRequestNs: 2e6, serverDelayNs: 1e6, bodyBytes: 5 },
    ])
  })

  it('pairs pipelined requests as tshark does, and in order for us', () => {
    const connection = talk(80, ['>', GET], ['>', GET], ['<', OK], ['<', OK])
    expect(summary(connection)).toEqual([
      [3, 200, 2],
      [4, 200, 0],
    ])
    expect(connection.recorder.responses.map((r) => r.request?.frame)).toEqual([1, 2])
  })

  it('awaits no body after HEAD, 204, 304 and 1xx', () => {
    const head = talk(80, ['>', HEAD], ['<', 'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n'], ['>', GET], ['<', OK])
    expect(summary(head)).toEqual([
      [2, 200, 1],
      [4, 200, 3],
    ])
    for (const status of [100, 204, 304]) {
      const connection = talk(80, ['>', GET], ['<', `HTTP/1.1 ${status} x\r\n\r\n`], ['<', OK])
      expect(summary(connection)).toEqual([
        [2, status, 1],
        [3, 200, 0],
      ])
    }
  })

  it('reads a body without a length until FIN, with or without data in that segment', () => {
    const pieces: Parameters<typeof talk>[1][] = [
      ['>', GET],
      ['<', 'HTTP/1.1 200 OK\r\n\r\nabc'],
      ['<', 'def'],
    ]
    expect(summary(talk(80, ...pieces))).toEqual([])
    const withEmptyFin = talk(80, ...pieces, ['<', '', SegmentFlag.fin])
    expect(summary(withEmptyFin)).toEqual([[4, 200, 1]])
    expect(withEmptyFin.recorder.responses[0]?.bodyBytes).toBe(6)
    expect(summary(talk(80, ...pieces, ['<', 'ghi', SegmentFlag.fin]))).toEqual([[4, 200, 1]])
    expect(summary(talk(80, ['>', GET], ['<', 'HTTP/1.1 200 OK\r\n\r\nabc', SegmentFlag.fin]))).toEqual([[2, 200, 1]])
  })

  it('takes a Content-Length that is no number for none, and the last of two', () => {
    for (const length of ['-5', '5x', '5, 5', '3000000000']) {
      const connection = talk(80, ['>', GET], ['<', `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\nhello`])
      expect(summary(connection)).toEqual([])
      connection.send(1, '', SegmentFlag.fin)
      expect(summary(connection)).toEqual([[3, 200, 1]])
    }
    const twice = talk(80, ['>', GET], ['<', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nhello'])
    expect(summary(twice)).toEqual([])
    twice.send(1, 'xx')
    expect(summary(twice)).toEqual([[3, 200, 1]])
  })

  it('ends a chunked body with the bytes after its last chunk', () => {
    const connection = talk(
      80,
      ['>', GET],
      ['<', `${CHUNKED}5\r`],
      ['<', '\nab'],
      ['<', 'cde\r\n0\r\n'],
      ['<', `\r\n${OK}`],
    )
    expect(summary(connection)).toEqual([
      [5, 200, 1],
      [5, 200, 0],
    ])
  })

  it('ends a chunked body where its framing is wrong', () => {
    expect(summary(talk(80, ['>', GET], ['<', `${CHUNKED}zz\r\nabc`], ['<', OK]))).toEqual([
      [2, 200, 1],
      [3, 200, 0],
    ])
  })

  it.each([
    ['Host: h\r', 1],
    ['Host: h\r\nUser', 0],
  ])('pairs a request that is cut after %j with its response in order, and as tshark does', (headers, requestFrame) => {
    const connection = new ScriptedConnection(80)
    connection.send(0, `GET /a HTTP/1.1\r\n${headers}`, 0, 1, false)
    connection.send(1, OK)
    expect(connection.recorder.requests).toMatchObject([{ uri: '/a', host: 'h' }])
    expect(connection.recorder.responses).toMatchObject([{ status: 200, requestFrame, request: { frame: 1 } }])
  })

  it('looks anew at what comes behind a gap in a chunk, as only the next segment is awaited', () => {
    const connection = talk(80, ['>', GET], ['<', `${CHUNKED}1000\r\nab\n`])
    connection.skip(1, 10)
    connection.send(1, 'behind\n')
    connection.send(1, 'more\n')
    expect(connection.markedFrames).toEqual([1, 3, 4])
  })

  it('takes what comes behind a gap in a body of known length for part of it', () => {
    const connection = talk(80, ['>', GET], ['<', 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nab\n'])
    connection.skip(1, 10)
    connection.send(1, 'behind\n')
    expect(connection.markedFrames).toEqual([1])
  })

  it('counts a large body without keeping it', () => {
    const connection = new ScriptedConnection(80, 4096)
    connection.send(0, GET)
    connection.send(1, 'HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n')
    for (let i = 0; i < 1000; i++) connection.send(1, new Uint8Array(1000))
    expect(connection.recorder.responses).toMatchObject([{ frame: 1002, bodyBytes: 1_000_000 }])
    expect(connection.handoff.droppedBytes).toBe(0)
    expect(connection.markedFrames).toEqual([1, 1002])
  })

  it('marks continuation only once a request was seen, text only when its line has ended', () => {
    expect(talk(80, ['<', 'foo\r\n'], ['<', '\u0000\u0001']).markedFrames).toEqual([])
    expect(talk(80, ['>', GET], ['<', 'foo\r\n'], ['<', '\u0000\u0001'], ['<', 'foo']).markedFrames).toEqual([1, 2, 3])
  })

  it('is found on a port that nobody owns by a whole first line, and not where another protocol lives', () => {
    expect(talk(12_345, ['>', GET], ['<', OK]).recorder.responses).toHaveLength(1)
    expect(talk(12_345, ['>', GET.slice(0, 10)], ['>', GET.slice(10)]).recorder.requests).toEqual([])
    expect(talk(12_345, ['>', 'GET /a\r\n\r\n']).recorder.requests).toEqual([])
    expect(talk(21, ['>', GET]).recorder.requests).toEqual([])
  })

  it('is found on a TLS port when the bytes are text', () => {
    expect(talk(443, ['>', GET], ['<', OK]).recorder.responses).toHaveLength(1)
  })

  it('is over after a switch of protocols', () => {
    const upgrade = talk(80, ['>', GET], ['<', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'], ['>', GET])
    expect(upgrade.recorder.requests).toHaveLength(1)
    const tunnel = talk(80, ['>', 'CONNECT h:9 HTTP/1.1\r\n\r\n'], ['<', 'HTTP/1.1 200 OK\r\n\r\n'], ['>', GET])
    expect(tunnel.recorder.requests).toHaveLength(1)
    expect(tunnel.markedFrames).toEqual([1, 2, 3])
  })
})
