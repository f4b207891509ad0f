import { scenarioNames } from '@pcap-analyzer/scenarios/names'
import type { CommandDefinition } from './command.ts'
import { positiveInteger } from './option-values.ts'

/** Writes captures whose story, and so whose right findings, are known. */
export const generate: CommandDefinition = {
  name: 'generate',
  summary: 'write a capture with a known story, and the findings expected of it',
  description:
    'Plays a scenario in a small model of networks and TCP and writes the capture; beside it, in <file>.expected.json, the story, the ' +
    'findings that must be found with their frames, and from which severity on all others are wrong. The same seed gives the same bytes.',
  arguments: [
    {
      name: 'scenario',
      description: 'name of a scenario; --list tells them',
      isOptional: true,
      completion: scenarioNames,
    },
  ],
  options: [
    {
      flags: '-o, --output <file>',
      description: 'write the capture to this file',
      defaultText: '<scenario>.pcap in the current folder',
      completion: 'file',
    },
    { flags: '--seed <n>', description: 'where chance begins', defaultText: '1', parse: positiveInteger },
    { flags: '--ipv6', description: 'tell the story over IPv6' },
    { flags: '--list', description: 'print all scenarios with their stories' },
  ],
  examples: [
    { command: 'pcap-analyzer generate --list', shows: 'all scenarios' },
    { command: 'pcap-analyzer generate zero-window-slow-reader', shows: 'a capture and what must be found in it' },
    { command: 'pcap-analyzer generate beacon -o b.pcap --seed 7', shows: 'the same story with other chance' },
    { command: 'pcap-analyzer generate slow-dns --ipv6', shows: 'the same story over IPv6' },
  ],
  run: async (context, args, options) =>
    (await import('../generate/run-generate.ts')).runGenerate(context, args, options),
}
