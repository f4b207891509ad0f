import { describe, expect, it } from 'vitest'
import { readsPayload } from '../../src/filter/index.ts'

describe('filters that would tell payload', () => {
  it.each([
    ['tcp.payload contains "secret"', true],
    ['frame contains "secret"', true],
    ['ip.src == 10.0.0.1 or not tcp[20:4] == 47:45:54:20', true],
    ['len(tcp.payload) > 3', true],
    ['udp.payload', false],
    ['tcp', false],
    ['http.host contains "example"', false],
    ['tcp.port in {80, 443} and tcp.flags.syn == 1', false],
  ])('%s: %s', (filter, expected) => {
    expect(readsPayload(filter)).toBe(expected)
  })
})
