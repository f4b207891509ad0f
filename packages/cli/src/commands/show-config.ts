import type { CommandDefinition } from './command.ts'
import { configOption } from './shared-options.ts'

/** The settings in effect and where each comes from. */
export const showConfig: CommandDefinition = {
  name: 'show-config',
  summary: 'print the settings in effect and where each comes from',
  description:
    'Prints every setting with its value and its origin: the default, or file and line of the configuration file. ' +
    'The output is itself a configuration file.',
  arguments: [],
  options: [configOption],
  examples: [
    { command: 'pcap-analyzer show-config', shows: 'the defaults' },
    { command: 'pcap-analyzer show-config -c team.yaml', shows: 'what team.yaml changes' },
    { command: 'pcap-analyzer show-config > pcap-analyzer.yaml', shows: 'a file to start from' },
  ],
  run: async (context, args, options) =>
    (await import('../config/run-show-config.ts')).runShowConfig(context, args, options),
}
