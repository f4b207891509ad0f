import type { TlsServerHello, TlsStep } from '@pcap-analyzer/engine/observe'
import { describe, expect, it } from 'vitest'
import { HandshakeState } from '../src/zeek/handshake-state.ts'

const step = (direction: 0 | 1, kind: TlsStep['kind'], handshakeType = -1): TlsStep => ({
  ...{ frame: 1, timeNs: 0, stream: 0, direction, kind, handshakeType },
  ...{ group: null, certificateDigests: [] },
})
const message = (direction: 0 | 1, type: number) => step(direction, 'handshake', type)
const hello = (version: number, extensions: number[] = [], isHelloRetryRequest = false): TlsServerHello['hello'] => ({
  ...{ legacyVersion: 771, version, cipherSuite: 1, alpn: null, isHelloRetryRequest, extensions, stoppedAt: null },
})
const TLS12 = 0x0303
const TLS13 = 0x0304

function after(...steps: (TlsStep | TlsServerHello['hello'])[]): HandshakeState {
  const state = new HandshakeState()
  for (const one of steps) {
    if ('kind' in one) state.step(one)
    else state.serverHello(one)
  }
  return state
}

describe('HandshakeState', () => {
  it('calls a client that changes its cipher without a key of its own one that goes on with a session', () => {
    const state = after(
      ...[message(0, 1), message(1, 2), hello(TLS12), step(1, 'change-cipher-spec'), step(1, 'encrypted-handshake')],
      ...[step(0, 'change-cipher-spec'), step(0, 'encrypted-handshake')],
    )
    expect(state).toMatchObject({ history: 'CsiI', isResumed: true, isEstablished: true })
  })

  it('takes TLS 1.3 for established once both sides sent encrypted records, and for resumed with an accepted key', () => {
    const begun = [message(0, 1), message(1, 2), hello(TLS13, [51, 41]), step(1, 'application-data')] as const
    expect(after(...begun)).toMatchObject({ isEstablished: false, isResumed: true })
    expect(after(...begun, step(0, 'application-data'))).toMatchObject({ history: 'Cs', isEstablished: true })
  })

  it('tells a request for another hello from an answer', () => {
    const state = after(
      message(0, 1),
      message(1, 2),
      hello(TLS13, [51], true),
      message(0, 1),
      message(1, 2),
      hello(TLS13, [51]),
    )
    expect(state).toMatchObject({ history: 'CjCs', isResumed: false })
  })

  it('gives the client upper case, whoever opened the connection', () => {
    expect(after(message(1, 1), message(0, 2), hello(TLS12), message(0, 14)).history).toBe('Csn')
  })
})
