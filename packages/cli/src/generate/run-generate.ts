import { reportJson } from '@pcap-analyzer/report/json'
import { generate, ipVersionsOf, type Scenario, scenarios } from '@pcap-analyzer/scenarios'
import { writeWholeFile } from '../analyze/write-report.ts'
import type { OptionValues } from '../commands/command.ts'
import type { CommandContext } from '../context.ts'
import { CommandError } from '../errors.ts'
import { EXIT_FINE, type ExitCode } from '../exit-codes.ts'
import { expectedText, scenarioList } from './generate-text.ts'

const HINT = 'name another place with --output'

/** Writes the capture of a scenario and what must be found in it, or lists the scenarios. */
export async function runGenerate(
  context: CommandContext,
  [name]: readonly string[],
  options: OptionValues,
): Promise<ExitCode> {
  if (options.list === true) {
    context.stdout.write(scenarioList(scenarios, context.columns))
    return EXIT_FINE
  }
  const scenario = getScenario(name)
  if (options.ipv6 === true && !ipVersionsOf(scenario).includes(6)) {
    throw new CommandError('USAGE', `the scenario ${scenario.name} is about IPv4 only`, { hint: 'leave out --ipv6' })
  }
  const { pcap, expected } = generate(scenario, {
    seed: (options.seed as number | undefined) ?? 1,
    ...(options.ipv6 === true ? { ipVersion: 6 as const } : {}),
  })
  const path = (options.output as string | undefined) ?? `${scenario.name}.pcap`
  const files = [
    writeWholeFile(path, pcap, HINT),
    writeWholeFile(`${path}.expected.json`, reportJson(expected, 'pretty'), HINT),
  ] as const
  context.stdout.write(expectedText(expected, files))
  return EXIT_FINE
}

function getScenario(name: string | undefined): Scenario {
  const hint = 'pcap-analyzer generate --list tells all scenarios'
  if (name === undefined) throw new CommandError('USAGE', 'no scenario given', { hint })
  const scenario = scenarios.find((known) => known.name === name)
  if (scenario === undefined) throw new CommandError('USAGE', `no scenario is called ${name}`, { hint })
  return scenario
}
