import type { ArgumentDefinition, OptionDefinition } from './command.ts'
import { positiveInteger } from './option-values.ts'

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
