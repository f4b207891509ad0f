import type { ArgumentDefinition, OptionDefinition } from './command.ts'
import { listOf, positiveInteger } from './option-values.ts'

/** What `--format` may name; forms of the package report, which a test compares. */
export const formatWords: readonly string[] = [
  'json',
  'html',
  'csv',
  'markdown',
  'junit',
  'sarif',
  'openmetrics',
  'parquet',
  'zeek',
]

/** The captures that one command reads together. */
export const captureArguments: readonly ArgumentDefinition[] = [
  {
    name: 'file',
    description: 'captures (pcap, pcapng; plain, gzip, zstd, lz4), globs in quotes, or - for standard input',
    isVariadic: true,
    completion: 'file',
  },
]

export const captureArgument: ArgumentDefinition = {
  name: 'file',
  description: 'one capture (pcap, pcapng; plain, gzip, zstd, lz4), or - for standard input',
  completion: 'file',
}

export const configOption: OptionDefinition = {
  flags: '-c, --config <file>',
  description: 'read settings from this YAML file; options given here win over it',
  completion: 'file',
}

/** The guard against captures that are small compressed and huge uncompressed. */
export const expansionOptions: readonly OptionDefinition[] = [
  {
    flags: '--max-expansion-ratio <n>',
    description: 'stop when a compressed capture yields more than n times its size',
    defaultText: '1000',
    parse: positiveInteger,
  },
  {
    flags: '--max-decompressed-bytes <n>',
    description: 'stop when a compressed capture yields more than n bytes',
    defaultText: '64 GiB',
    parse: positiveInteger,
  },
  { flags: '--allow-large-expansion', description: 'lift both limits; only for captures you trust' },
]

export const colorOptions: readonly OptionDefinition[] = [
  { flags: '--color', description: 'colours even when the output is no terminal' },
  { flags: '--no-color', description: 'no colours; so does the environment variable NO_COLOR' },
]

export const quietOption: OptionDefinition = {
  flags: '-q, --quiet',
  description: 'print only warnings and errors; no summary, no progress',
}

/** The forms a report can be written in beside JSON, and where they go. */
export const exportOptions: readonly OptionDefinition[] = [
  { flags: '--export-html <file>', description: 'write one offline HTML file there', completion: 'file' },
  { flags: '--export-csv <folder>', description: 'write the CSV files into this folder', completion: 'folder' },
  {
    flags: '--export-dir <folder>',
    description: 'write every form that --format names into this folder',
    defaultText: 'without --format: report.html and csv/',
    completion: 'folder',
  },
  {
    flags: '--format <list>',
    description: `forms, with commas between them: ${formatWords.join(', ')}, or all`,
    completion: [...formatWords, 'all'],
    parse: listOf([...formatWords, 'all']),
  },
]
