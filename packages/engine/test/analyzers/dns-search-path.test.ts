import { describe, expect, it } from 'vitest'
import { absoluteTime, dnsMessage, type TestFrame, udpFrame } from '../../src/testing/index.ts'
import { findingsOf, reportOf } from './report-of.ts'

const client = { address: '10.1.0.5', port: 40_000 }
const resolver = { address: '10.1.0.53', port: 53 }
const NAME_ERROR = 3

/** Questions and answers, 10 ms apart: the name, and whether there is one. */
function lookups(...asked: readonly (readonly [name: string, exists: boolean])[]): TestFrame[] {
  return asked.flatMap(([name, exists], i) => {
    const answer = exists ? { addresses: ['192.0.2.1'] } : { rcode: NAME_ERROR }
    return [
      { bytes: udpFrame(client, resolver, dnsMessage(i, name)), ...absoluteTime(i * 1e7) },
      { bytes: udpFrame(resolver, client, dnsMessage(i, name, answer)), ...absoluteTime(i * 1e7 + 1e6) },
    ]
  })
}

const times = (count: number, ...asked: readonly (readonly [string, boolean])[]) =>
  Array.from({ length: count }, () => asked).flat()

describe('search paths of DNS', () => {
  it('explain answers in vain to names that exist without the search domain', async () => {
    const asked = times(
      6,
      ['api.pay.example.svc.cluster.local', false],
      ['api.pay.example.cluster.local', false],
      ['api.pay.example', true],
    )
    const [finding] = findingsOf(await reportOf(lookups(...asked)), 'dns-search-path')
    expect(finding).toMatchObject({ severity: 'low', evidence: { total: 12 } })
    expect(finding.summary).toContain('12 DNS answers of 18 said «no such name» because 1 name was asked for')
  })

  it('do not explain names that nobody has', async () => {
    const asked = times(12, ['no.such.example', false], ['www.example', true])
    expect(findingsOf(await reportOf(lookups(...asked)), 'dns-search-path')).toEqual([])
  })
})
