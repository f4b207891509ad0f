import type { CommandDefinition } from './command.ts'
import { captureArguments, expansionOptions } from './shared-options.ts'

/** What a capture file is, before asking what it shows. */
export const info: CommandDefinition = {
  name: 'info',
  summary: 'print what kind of capture each file is (like capinfos)',
  description:
    'Prints type, encapsulation, compression, sizes, times, rates, order, interfaces with their drops, comments, and how far each file could be read.',
  arguments: captureArguments,
  options: [
    { flags: '--hash', description: 'print the SHA-256 of each file too' },
    { flags: '--json', description: 'print a JSON array with one object a file' },
    ...expansionOptions,
  ],
  examples: [
    { command: 'pcap-analyzer info a.pcapng', shows: 'one capture' },
    { command: "pcap-analyzer info --hash 'evidence/*.pcap'", shows: 'all captures of a folder with their hashes' },
    { command: "pcap-analyzer info --json a.pcap | jq '.[0].capture.packets'", shows: 'the number of packets' },
  ],
  run: async (context, args, options) => (await import('../info/run-info.ts')).runInfo(context, args, options),
}
