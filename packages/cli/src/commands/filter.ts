import type { CommandDefinition } from './command.ts'
import { captureArgument, expansionOptions } from './shared-options.ts'

/** The frames that a display filter selects. */
export const filter: CommandDefinition = {
  name: 'filter',
  summary: 'list, count or write the frames that a display filter selects',
  description:
    "Reads the capture and selects frames by a display filter in Wireshark's syntax, over the fields of docs/reference/filters.md; " +
    'an unknown field is an error with suggestions, never an empty answer.',
  arguments: [captureArgument, { name: 'filter', description: 'a display filter, in quotes' }],
  options: [
    { flags: '--count', description: 'print only how many frames it selects' },
    {
      flags: '-w, --write <file>',
      description: 'write the frames to this pcapng file instead of listing them',
      completion: 'file',
    },
    ...expansionOptions,
  ],
  examples: [
    { command: "pcap-analyzer filter a.pcap 'tcp.analysis.retransmission'", shows: 'one line a frame' },
    { command: "pcap-analyzer filter --count a.pcap 'tcp.port in {80, 443}'", shows: 'how many' },
    { command: "pcap-analyzer filter -w dns.pcapng a.pcap 'dns.time > 0.5'", shows: 'a smaller capture' },
  ],
  run: async (context, args, options) => (await import('../filter/run-filter.ts')).runFilter(context, args, options),
}
