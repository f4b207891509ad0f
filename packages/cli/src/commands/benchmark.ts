import type { CommandDefinition } from './command.ts'
import { positiveInteger } from './option-values.ts'
import { captureArgument } from './shared-options.ts'

/** How fast this machine analyses a capture, and how evenly. */
export const benchmark: CommandDefinition = {
  name: 'benchmark',
  summary: 'time the analysis of a capture on this machine',
  description:
    'Runs the whole analysis several times in one process, after one run to warm up, and prints ns per packet, packets/s and MB/s. ' +
    'The consistency score is 100 - 100 * (sample standard deviation / mean) of the wall times, and not below 0.',
  arguments: [{ ...captureArgument, description: 'one capture file' }],
  options: [
    { flags: '--runs <n>', description: 'timed runs, at least 2', defaultText: '3', parse: positiveInteger },
    { flags: '--json', description: 'print the figures as JSON' },
  ],
  examples: [
    { command: 'pcap-analyzer benchmark big.pcap', shows: 'three timed runs' },
    { command: 'pcap-analyzer benchmark --runs 10 --json big.pcap', shows: 'ten runs for a script' },
  ],
  run: async (context, args, options) =>
    (await import('../benchmark/run-benchmark.ts')).runBenchmark(context, args, options),
}
