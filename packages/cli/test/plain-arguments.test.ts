import { describe, expect, test } from 'vitest'
import { commands } from '../src/commands/index.ts'
import type { CommandContext } from '../src/context.ts'
import { readPlainArguments } from '../src/plain-arguments.ts'
import { readArguments } from '../src/program.ts'

const silent: CommandContext = {
  stdout: { write: () => {} },
  stderr: { write: () => {} },
  columns: 100,
  stdoutIsTerminal: false,
  stderrIsTerminal: false,
  environment: {},
  commands,
  exitOnInterrupt: () => {},
  now: () => new Date(0),
  elapsedMs: () => 0,
  cpuMs: () => 0,
}

const plain = [
  'analyze a.pcap',
  'analyze a.pcap b.pcap --json -l 0.5 --no-report',
  'analyze --latency=2 -o out/report -c team.yaml --fail-on high a.pcap',
  'analyze --no-color --quiet a.pcap --max-expansion-ratio 20',
  'analyze --color --full --allow-large-expansion --max-decompressed-bytes 1000 -',
  'analyze --output= a.pcap',
  'facts --compare-tshark a.pcap',
  'info --hash --json a.pcap b.pcap',
  'show-config --config x.yaml',
  'benchmark --runs 5 a.pcap',
  'completion bash',
  'generate slow-dns -o a.pcap --seed 7 --ipv6',
  'generate --list',
]

const notPlain = [
  'analyze --help',
  'analyze -- -l',
  'analyze -ql 3 a.pcap',
  'analyze -l -3 a.pcap',
  'analyze -l x a.pcap',
  'analyze --json=yes a.pcap',
  'analyze --unknown a.pcap',
  'analyze',
  'facts a b',
  'generate a b',
  'help analyze',
  '--version',
  'analyze a.pcap -l',
]

describe('readPlainArguments', () => {
  test.each(plain)('reads as commander does: %s', async (line) => {
    const words = line.split(' ')
    const call = readPlainArguments(commands, words)
    expect(call).not.toBe(null)
    expect(call).toEqual(await readArguments(silent, words, '0'))
  })

  test.each(notPlain)('leaves to commander: %s', (line) => {
    expect(readPlainArguments(commands, line.split(' '))).toBe(null)
  })
})

describe('the examples of the help', () => {
  const calls = commands.flatMap(({ examples }) => examples.map(({ command }) => command))

  test.each(calls)('are right: %s', async (example) => {
    const own = /pcap-analyzer ((?:'[^']*'|[^|>)])*)/.exec(example)?.[1] ?? ''
    const words = (own.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll("'", ''))
    expect(await readArguments(silent, words, '0')).not.toBe(null)
  })
})
