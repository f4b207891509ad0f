import { describe, expect, it } from 'vitest'
import { analyze } from '../../src/analyze.ts'
import { analyzers } from '../../src/analyzers/index.ts'
import { detectors } from '../../src/detectors/index.ts'
import { buildPcap, dnsMessage, udpFrame } from '../../src/testing/index.ts'

const client = { address: '192.0.2.1', port: 40_000 }
const resolver = { address: '192.0.2.53', port: 53 }

/** One query, answered after 20 ms. */
const answered = buildPcap(
  [
    udpFrame(client, resolver, dnsMessage(1, 'a.example')),
    udpFrame(resolver, client, dnsMessage(1, 'a.example', { addresses: ['192.0.2.9'] })),
  ],
  { intervalNs: 20_000_000 },
)

describe('settings of analyzers', () => {
  it('have camelCase names without units, bounds around their default, and a sentence', () => {
    for (const { id, settings } of [...analyzers, ...detectors]) {
      for (const [name, setting] of Object.entries(settings ?? {})) {
        expect(name, id).toMatch(/^[a-z]+([A-Z][a-z]+)*$/)
        expect(setting.default, `${id}.${name}`).toBeGreaterThanOrEqual(setting.least)
        expect(setting.default, `${id}.${name}`).toBeLessThanOrEqual(setting.most)
        expect(setting.description, `${id}.${name}`).toMatch(/\.$/)
      }
    }
  })

  it('move the threshold of what is slow', async () => {
    expect((await analyze([answered])).findings).toEqual([])
    const { findings } = await analyze([answered], { settings: { dns: { slowAnswer: 10e6 } } })
    expect(findings.map(({ kind }) => kind)).toEqual(['dns-slow'])
    expect(findings[0].summary).toBe('1 DNS answer took 10.0 ms or longer, together 20.0 ms')
    expect(findings[0].displayFilter).toBe('dns.time >= 0.01 && !mdns && !llmnr')
  })

  it('give way to a latency given for all', async () => {
    const options = { settings: { dns: { slowAnswer: 10e6 } }, latencySeconds: 1 }
    expect((await analyze([answered], options)).findings).toEqual([])
  })

  it.each([
    [{ dnss: {} }, 'nothing with the id dnss has settings'],
    [{ dns: { slow: 1 } }, 'dns has no setting slow'],
    [{ dns: { slowAnswer: -1 } }, 'setting dns.slowAnswer must be 0 to'],
    [{ dns: { slowAnswer: Number.NaN } }, 'setting dns.slowAnswer must be 0 to'],
  ])('refuse %j', async (settings, message) => {
    await expect(analyze([answered], { settings })).rejects.toThrow(message)
  })
})
