import type { CommandDefinition } from './command.ts'
import { captureArgument, expansionOptions } from './shared-options.ts'

/** Prints what an independent judge can check, or lets tshark be that judge. */
export const facts: CommandDefinition = {
  name: 'facts',
  summary: 'print everything that can be checked against Wireshark, as JSON',
  description:
    'Prints one JSON object (capture-golden/1) with frames, conversations, TCP analysis and messages of one capture. ' +
    'With --compare-tshark it prints instead where an installed tshark disagrees, frame by frame, and exits with 1 if it does anywhere.',
  arguments: [captureArgument],
  options: [
    { flags: '--compare-tshark', description: 'run the installed tshark on the capture and list every disagreement' },
    ...expansionOptions,
  ],
  examples: [
    { command: 'pcap-analyzer facts a.pcap > a.json', shows: 'the facts of a capture' },
    { command: "pcap-analyzer facts a.pcap | jq '.tcp.analysis.zero_window'", shows: 'frames that close a window' },
    { command: 'pcap-analyzer facts --compare-tshark a.pcap', shows: 'disagreements with tshark, by frame' },
  ],
  run: async (context, args, options) => (await import('../facts/run-facts.ts')).runFacts(context, args, options),
}
