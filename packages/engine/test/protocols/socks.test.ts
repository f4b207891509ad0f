import { describe, expect, it } from 'vitest'
import { hello, messagesOf } from './upgraded-connection.ts'

const request = 'GET /inner HTTP/1.1\r\nHost: a\r\n\r\n'
const connectTo = (port: number) => Uint8Array.of(5, 1, 0, 1, 192, 0, 2, 1, port >> 8, port & 255)

function throughSocks5(port: number, payload: string | Uint8Array): string[] {
  const handshake = [
    Uint8Array.of(5, 1, 0),
    'server',
    Uint8Array.of(5, 0),
    'client',
    connectTo(port),
    'server',
    connectTo(port),
  ]
  return messagesOf(1080, ...handshake, 'client', payload)
}

describe('SocksDissector', () => {
  it('reads what version 5 carries by the port that was asked for, then by content', () => {
    expect(throughSocks5(80, request)).toEqual(['http /inner'])
    expect(throughSocks5(443, hello)).toEqual(['tls inner.example'])
    expect(throughSocks5(12_345, request)).toEqual(['http /inner'])
    expect(throughSocks5(5900, request)).toEqual([])
  })

  it('waits for name and password where they were asked for', () => {
    const credentials = [
      Uint8Array.of(5, 1, 2),
      'server',
      Uint8Array.of(5, 2),
      'client',
      Uint8Array.of(1, 1, 65, 1, 66),
    ]
    const rest = ['server', Uint8Array.of(1, 0), 'client', connectTo(80), 'server', connectTo(80), 'client', request]
    expect(messagesOf(1080, ...credentials, ...rest)).toEqual(['http /inner'])
  })

  it('reads what version 4 carries once it was granted', () => {
    const ask = Uint8Array.of(4, 1, 0, 80, 192, 0, 2, 1, 65, 0)
    const answer = (code: number) => Uint8Array.of(0, code, 0, 80, 192, 0, 2, 1)
    expect(messagesOf(1080, ask, 'server', answer(0x5a), 'client', request)).toEqual(['http /inner'])
    expect(messagesOf(1080, ask, 'server', answer(0x5b), 'client', request)).toEqual([])
  })

  it('reads nothing where no handshake is seen', () => {
    expect(messagesOf(1080, request, hello)).toEqual([])
  })
})
