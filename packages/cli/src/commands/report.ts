import type { CommandDefinition } from './command.ts'
import { languageWords, oneOf } from './option-values.ts'
import { exportOptions } from './shared-options.ts'

/** A report that was written before, told in other forms. */
export const report: CommandDefinition = {
  name: 'report',
  summary: 'tell a JSON report in other forms, without its capture',
  description:
    'Reads a report that analyze wrote and writes it in other forms: into a folder with --export-dir, or one form of a single file to ' +
    '-o or standard output.',
  arguments: [{ name: 'report', description: 'a JSON report, or - for standard input', completion: 'file' }],
  options: [
    {
      flags: '-o, --output <file>',
      description: 'write the one form that --format names to this file',
      defaultText: 'standard output',
      completion: 'file',
    },
    ...exportOptions,
    {
      flags: '--lang <language>',
      description: `language to tell it in: ${languageWords.join(', ')}`,
      defaultText: 'as it was written',
      completion: languageWords,
      parse: oneOf(languageWords),
    },
    {
      flags: '--capture <file>',
      description: 'the capture of the report: complete CSV lists, Parquet and Zeek logs are made of it',
      completion: 'file',
    },
  ],
  examples: [
    { command: 'pcap-analyzer report report.json --format markdown', shows: 'a summary for a ticket' },
    {
      command: 'pcap-analyzer report report.json --lang fr --format html -o rapport.html',
      shows: 'the page in French',
    },
    { command: 'pcap-analyzer report report.json --export-dir out --format all', shows: 'every form, into a folder' },
    { command: 'pcap-analyzer report report.json --format junit -o junit.xml', shows: 'test results for a pipeline' },
  ],
  run: async (context, args, options) => (await import('../export/run-report.ts')).runReport(context, args, options),
}
