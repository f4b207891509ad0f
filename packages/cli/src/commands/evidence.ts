import type { CommandDefinition } from './command.ts'
import { positiveSeconds } from './option-values.ts'
import { captureArguments, configOption, expansionOptions } from './shared-options.ts'

/** The frames that prove a finding, as a capture of their own. */
export const evidence: CommandDefinition = {
  name: 'evidence',
  summary: 'write the frames that prove a finding as a small pcapng',
  description:
    'Analyses the captures and writes just the frames that prove one finding. Each has a comment that says why it is there, which frame ' +
    'of which file it was, and the hash of that file.',
  arguments: captureArguments,
  options: [
    {
      flags: '--finding <id>',
      description: "the finding: its number in the report, its key, or its kind; 'all' for every one",
    },
    {
      flags: '-o, --output <file>',
      description: 'where to write; a folder with --finding all',
      defaultText: 'KIND.pcapng; with --finding all, ./evidence',
      completion: 'file',
    },
    {
      flags: '-l, --latency <seconds>',
      description: 'what counts as slow, as for analyze',
      parse: positiveSeconds,
    },
    configOption,
    ...expansionOptions,
  ],
  examples: [
    { command: 'pcap-analyzer evidence a.pcap --finding 1', shows: 'the frames of the most costly finding' },
    { command: 'pcap-analyzer evidence a.pcap --finding tcp-loss -o loss.pcapng', shows: 'by kind, to a file' },
    { command: 'pcap-analyzer evidence a.pcap --finding all -o evidence', shows: 'a file for each finding' },
  ],
  run: async (context, args, options) =>
    (await import('../evidence/run-evidence.ts')).runEvidence(context, args, options),
}
