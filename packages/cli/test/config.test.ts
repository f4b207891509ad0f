import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { closestWord } from '../src/config/closest-word.ts'
import { configSchema } from '../src/config/config-schema.ts'
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
    const file = written('fail_on: high\n')
    const { stdout, exitCode } = await runCommand(['show-config', '-c', file])
    expect(exitCode).toBe(0)
    expect(stdout).toContain(`# ${file}:1`)
    expect(stdout).toMatch(/max_flows: 1048576 +# default/)
    expect((await loadSettings(written(stdout))).values).toEqual((await loadSettings(file)).values)
    expect(new Ajv2020({ strict: true, allowUnionTypes: true }).validate(configSchema(), parse(stdout))).toBe(true)
  })
})

describe('closestWord', () => {
  test('finds what was probably meant, and nothing far away', () => {
    expect(closestWord('max_flwos', ['max_flows', 'max_layers'])).toBe('max_flows')
    expect(closestWord('colour', ['max_flows', 'reports'])).toBe(null)
  })
})
