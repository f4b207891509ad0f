import { analyze } from '@pcap-analyzer/engine'
import { describe, expect, it } from 'vitest'
import { findDisagreements, generate, ipVersionsOf, scenarios } from '../src/index.ts'
import { scenarioNames } from '../src/scenario-names.ts'

const variants = scenarios.flatMap((scenario) =>
  ipVersionsOf(scenario).map((ipVersion) => [scenario.name, ipVersion, scenario] as const),
)

describe('scenario names', () => {
  it('are those of the scenarios', () => {
    expect(scenarios.map(({ name }) => name)).toEqual(scenarioNames)
  })
})

describe('scenarios', () => {
  it.each(variants)(
    '%s over IPv%d: all that is expected is found, and nothing else',
    async (_, ipVersion, scenario) => {
      const { pcap, expected } = generate(scenario, { ipVersion })
      expect(findDisagreements(expected, await analyze([pcap]))).toEqual([])
    },
  )
})
