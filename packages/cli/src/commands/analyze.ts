import type { CommandDefinition } from './command.ts'
import { languageWords, oneOf, positiveSeconds } from './option-values.ts'
import {
  captureArguments,
  colorOptions,
  configOption,
  expansionOptions,
  exportOptions,
  quietOption,
} from './shared-options.ts'

const severityWords = ['info', 'low', 'medium', 'high', 'critical']

/** Finds what was slow, broken or abused, and proves it with frames. */
export const analyze: CommandDefinition = {
  name: 'analyze',
  summary: 'find out what is wrong in a capture, most costly first',
  description:
    'Reads the captures once, in the order of their first packets, as one capture set; prints a summary and writes a report as JSON and as one HTML file. ' +
    'Each finding comes with its frames and a Wireshark display filter that selects them.',
  arguments: captureArguments,
  options: [
    {
      flags: '-l, --latency <seconds>',
      description: 'what counts as slow: handshakes, round trips and answers that take at least this long',
      parse: positiveSeconds,
    },
    { flags: '--json', description: 'print the whole report as one line of JSON and nothing else' },
    { flags: '--full', description: 'print every section, and what was ruled out, after the findings' },
    {
      flags: '-o, --output <base>',
      description: 'write the report to <base>.json and <base>.html',
      defaultText: './reports/pcap_analysis_YYYYmmdd_HHMMSS; with --json, none',
      completion: 'file',
    },
    { flags: '--no-report', description: 'write no report files' },
    {
      flags: '--no-details',
      description: 'do not read the capture a second time for packet timelines and graphs of connections',
    },
    ...exportOptions,
    {
      flags: '--evidence <folder>',
      description: 'write the frames that prove each finding into this folder, a pcapng a finding',
      completion: 'folder',
    },
    configOption,
    {
      flags: '--fail-on <severity>',
      description: `exit with 1 when there is a finding at or above it: ${severityWords.join(', ')}`,
      completion: severityWords,
      parse: oneOf(severityWords),
    },
    {
      flags: '--lang <language>',
      description: `language of the findings: ${languageWords.join(', ')}; names, filters and captured text stay as they are`,
      defaultText: 'en',
      completion: languageWords,
      parse: oneOf(languageWords),
    },
    ...expansionOptions,
    quietOption,
    ...colorOptions,
  ],
  examples: [
    { command: 'pcap-analyzer analyze slow.pcapng', shows: 'the summary, and a report in ./reports' },
    { command: 'pcap-analyzer analyze -l 0.5 slow.pcapng', shows: 'only what took half a second or more as slow' },
    { command: "pcap-analyzer analyze 'ring/*.pcap.gz'", shows: 'the files of a ring buffer as one capture' },
    { command: 'tcpdump -w - | pcap-analyzer analyze -', shows: 'a capture from standard input' },
    { command: "pcap-analyzer analyze --json a.pcap | jq '.findings[].summary'", shows: 'one line a finding' },
    { command: 'pcap-analyzer analyze --fail-on high --no-report a.pcap', shows: 'a gate for a pipeline' },
  ],
  run: async (context, args, options) => (await import('../analyze/run-analyze.ts')).runAnalyze(context, args, options),
}
