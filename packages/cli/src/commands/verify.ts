import type { CommandDefinition } from './command.ts'
import { captureArguments, expansionOptions } from './shared-options.ts'

/** Whether a report is what this capture gives. */
export const verify: CommandDefinition = {
  name: 'verify',
  summary: 'compute a report again from its capture and say whether it is the same',
  description:
    'Reads the hashes, options and rules that the report was made with, analyses the captures the same way and compares byte by byte. ' +
    'Exits with 0 when they are identical and with 1 when anything differs: bytes of a capture, engine version, rules, configuration, content.',
  arguments: [
    { name: 'report', description: 'a JSON report that analyze wrote', completion: 'file' },
    ...captureArguments,
  ],
  options: [...expansionOptions],
  examples: [{ command: 'pcap-analyzer verify report.json a.pcap', shows: 'identical, or what differs' }],
  run: async (context, args, options) => (await import('../verify/run-verify.ts')).runVerify(context, args, options),
}
