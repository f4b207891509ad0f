import { analyze, type Finding, type Report } from '@pcap-analyzer/engine'
import { describe, expect, it } from 'vitest'
import { findDisagreements, generate, ipVersionsOf, scenarios } from '../src/index.ts'
import { scenarioNames } from '../src/scenario-names.ts'

/** Findings that say nothing that another does not prove with the same frames; each phenomenon is told once. */
function findDoubles({ findings }: Report): string[] {
  const told = findings.filter(({ severity }) => severity !== 'info')
  const whole = told.filter(({ evidence: { frames, total } }) => total > 0 && frames.length === total)
  return whole.flatMap((one) => {
    const isIn = (other: Finding) => one.evidence.frames.every((frame) => other.evidence.frames.includes(frame))
    return told.filter((other) => other !== one && isIn(other)).map((other) => `${one.kind} is within ${other.kind}`)
  })
}

const variants = scenarios.flatMap((scenario) =>
  ipVersionsOf(scenario).map((ipVersion) => [scenario.name, ipVersion, scenario] as const),
)

describe('scenario names', () => {
  it('are those of the scenarios', () => {
    expect(scenarios.map(({ name }) => name)).toEqual(scenarioNames)
  })
})

describe('a scan', () => {
  it.each(['vertical-scan', 'horizontal-scan', 'udp-scan'])('%s is no trouble of the hosts scanned', async (name) => {
    const scenario = scenarios.find((one) => one.name === name)
    if (scenario === undefined) throw new Error(`no scenario ${name}`)
    const { findings, notSeen } = await analyze([generate(scenario).pcap])
    const kinds = findings.filter(({ severity }) => severity !== 'info').map(({ kind }) => kind)
    expect(kinds).toEqual([expect.stringMatching('^port-scan-')])
    expect(notSeen.map(({ id }) => id)).not.toContain('failed-connections')
  })
})

describe('the health score', () => {
  it.each(scenarios)('of $name loses by slow servers when that is found and only then', async (scenario) => {
    const { health, findings } = await analyze([generate(scenario).pcap])
    const part = health.parts.find(({ id }) => id === 'slow-servers')
    const found = findings.find(({ kind, severity }) => kind === 'http-slow-server' && severity !== 'info')
    const isServer = found?.hypotheses.some(({ id, accepted }) => id === 'server' && accepted) ?? false
    expect((part?.points ?? 0) > 0).toBe(isServer)
    if (isServer) expect(health.score).toBeLessThan(95)
  })
})

describe('scenarios', () => {
  it.each(variants)(
    '%s over IPv%d: all that is expected is found, and nothing else',
    async (_, ipVersion, scenario) => {
      const { pcap, expected } = generate(scenario, { ipVersion })
      const report = await analyze([pcap])
      expect(findDisagreements(expected, report)).toEqual([])
      expect(findDoubles(report)).toEqual([])
    },
  )
})
