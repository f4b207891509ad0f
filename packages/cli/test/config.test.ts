import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { closestWord } from '../src/config/closest-word.ts'
import { configSchema } from '../src/config/config-schema.ts'
import { readDurationNs, writeDurationNs } from '../src/config/durations.ts'
import { loadSettings } from '../src/config/load-settings.ts'
import { runCommand } from './support/run-command.ts'
import { temporaryFolder } from './support/temporary-folder.ts'

function written(text: string): string {
  const file = join(temporaryFolder(), 'c.yaml')
  writeFileSync(file, text)
  return file
}

describe('loadSettings', () => {
  test('reads every kind of key and remembers its line', async () => {
    const file = written(
      '# ours\nreports:\n  output_dir: out\nthresholds: {latency_seconds: 0.25}\nfail_on: high\nlimits:\n  max_flows: 9\n',
    )
    const { values, origins } = await loadSettings(file)
    expect([values.reportFolder, values.latencySeconds, values.failOn, values.limits.maxFlows]).toEqual([
      'out',
      0.25,
      'high',
      9,
    ])
    expect([...origins]).toEqual([
      ['reports.output_dir', `${file}:3`],
      ['thresholds.latency_seconds', `${file}:4`],
      ['fail_on', `${file}:5`],
      ['limits.max_flows', `${file}:7`],
    ])
  })

  test('reads thresholds of analyzers in the units of the engine', async () => {
    const file = written(
      'analyzers:\n  dns: {slow_answer: 1.5 s, medium_unanswered_share: 0.2}\n  tcp_health:\n    least_data_segments: 7\n',
    )
    const { values, origins } = await loadSettings(file)
    expect(values.engine).toMatchObject({
      dns: { slowAnswer: 1.5e9, mediumUnansweredShare: 0.2 },
      'tcp-health': { leastDataSegments: 7 },
    })
    expect(origins.get('analyzers.tcp_health.least_data_segments')).toBe(`${file}:4`)
  })

  test('is the defaults without a file, and with an empty one', async () => {
    expect((await loadSettings(written(''))).values).toEqual((await loadSettings(undefined)).values)
  })

  test.each([
    [
      'an unknown key',
      'limits:\n  max_flow: 3\n',
      'line 2: unknown key limits.max_flow',
      'did you mean limits.max_flows?',
    ],
    ['an unknown group', '\nreport:\n  output_dir: x\n', 'line 2: unknown key report', 'did you mean reports?'],
    ['a key of nothing near', 'zzzzzzzzzzzzzzzzzz: 1\n', 'line 1: unknown key zzzzzzzzzzzzzzzzzz', 'show-config'],
    [
      'a text for a number',
      'limits:\n  max_flows: many\n',
      'line 2: limits.max_flows must be a whole number of 1 or more, not "many"',
      undefined,
    ],
    [
      'a fraction for a whole number',
      'limits: {max_layers: 1.5}\n',
      'limits.max_layers must be a whole number',
      undefined,
    ],
    ['an unknown severity', 'fail_on: bad\n', 'line 1: fail_on must be one of info, low', undefined],
    [
      'a list for a text',
      'reports:\n  output_dir: [a]\n',
      'line 2: reports.output_dir must be the name of a folder',
      undefined,
    ],
    ['a text for a group', 'reports: out\n', 'line 1: reports must hold keys with values', undefined],
    [
      'a bare number for a duration',
      'analyzers:\n  dns:\n    slow_answer: 500\n',
      'line 3: analyzers.dns.slow_answer must be a duration with its unit (ns, us, ms, s, min or h)',
      undefined,
    ],
    [
      'a wrong unit',
      'analyzers: {dns: {slow_answer: 5 bytes}}\n',
      'line 1: analyzers.dns.slow_answer must be a duration with its unit',
      undefined,
    ],
    [
      'a duration out of bounds',
      'analyzers: {dns: {slow_answer: 2 h}}\n',
      'analyzers.dns.slow_answer must be a duration with its unit (ns, us, ms, s, min or h) from 0 ns to 1 h',
      undefined,
    ],
    [
      'a unit where none belongs',
      'analyzers: {tcp_health: {high_loss: 5 %}}\n',
      'analyzers.tcp_health.high_loss must be a share from 0 to 1, without a unit, not "5 %"',
      undefined,
    ],
    [
      'an unknown setting',
      'analyzers:\n  dns:\n    slow_anser: 1 s\n',
      'line 3: unknown key analyzers.dns.slow_anser',
      'did you mean analyzers.dns.slow_answer?',
    ],
    [
      'an unknown analyzer',
      'analyzers:\n  tcp-health:\n    high_loss: 1\n',
      'line 2: unknown key analyzers.tcp-health',
      'did you mean analyzers.tcp_health?',
    ],
    ['a language without words', 'language: de\n', 'line 1: language must be one of en, fr, not "de"', undefined],
    ['a list at the top', '- a\n', 'line 1: expected keys with values', undefined],
    ['broken YAML', 'reports: [\n', 'no valid YAML', undefined],
    ['a key twice', 'fail_on: low\nfail_on: high\n', 'line 2: no valid YAML', undefined],
    ['an alias bomb', 'a: &a [x]\nfail_on: [*a, *a]\n', 'unknown key a', undefined],
  ])('refuses %s', async (_, text, message, hint) => {
    const error = await loadSettings(written(text)).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'INVALID_CONFIG' })
    expect((error as Error).message).toContain(message)
    if (hint !== undefined) expect((error as { hint: string }).hint).toContain(hint)
  })
})

describe('show-config', () => {
  test('prints a file that reads back to the same settings, and where each comes from', async () => {
    const file = written('fail_on: high\nanalyzers: {http: {slow_response: 250 ms}}\n')
    const { stdout, exitCode } = await runCommand(['show-config', '-c', file])
    expect(exitCode).toBe(0)
    expect(stdout).toContain(`# ${file}:1`)
    expect(stdout).toMatch(/max_flows: 1048576 +# default/)
    expect(stdout).toMatch(/^ {2}tcp_health:\n {4}medium_loss: 0.01 +# default/m)
    expect(stdout).toMatch(/^ {2}http:\n {4}slow_response: "250 ms" +# .*:2$/m)
    expect((await loadSettings(written(stdout))).values).toEqual((await loadSettings(file)).values)
    expect(new Ajv2020({ strict: true, allowUnionTypes: true }).validate(configSchema(), parse(stdout))).toBe(true)
  })
})

describe('durations', () => {
  test.each([
    ['500 ms', 500e6],
    ['2s', 2e9],
    ['1.5 min', 90e9],
    ['1 h', 3600e9],
    ['3 us', 3000],
    ['3 µs', 3000],
    ['0 ns', 0],
  ])('%s is %d ns', (text, ns) => {
    expect(readDurationNs(text)).toBe(ns)
    expect(readDurationNs(writeDurationNs(ns))).toBe(ns)
  })

  test.each(['500', '-1 s', '1 S', 's', '1 second', '1e3 ms', '', 500, null])('%j is none', (text) => {
    expect(readDurationNs(text)).toBe(null)
  })

  test('are written as people write them', () => {
    expect([500e6, 1e9, 86_400e9, 1_234_567, 0].map(writeDurationNs)).toEqual([
      '500 ms',
      '1 s',
      '24 h',
      '1234567 ns',
      '0 ns',
    ])
  })
})

describe('closestWord', () => {
  test('finds what was probably meant, and nothing far away', () => {
    expect(closestWord('max_flwos', ['max_flows', 'max_layers'])).toBe('max_flows')
    expect(closestWord('colour', ['max_flows', 'reports'])).toBe(null)
  })
})
