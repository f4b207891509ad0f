import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const corpus = join(root, '../shared/corpus')
const isPresent = existsSync(join(corpus, 'compare.py')) && hasPython()

/** Least micro F1 of each group; each flag is a field of its own beside these. */
const GATES: Readonly<Record<string, number>> = {
  reader: 0.995,
  protocols: 0.995,
  conversations: 0.995,
  tcp: 0.999,
  latency: 0.999,
  dns: 0.995,
  icmp: 0.995,
  fragments: 0.995,
  link: 0.995,
  app: 0.99,
}

if (!isPresent)
  process.stderr.write(`\n*** parity with tshark NOT checked: no reference captures at ${corpus}, or no python3 ***\n`)

function hasPython(): boolean {
  return spawnSync('python3', ['--version']).status === 0
}

function compare(manifest: string, baseline: string): { status: number | null; output: string } {
  const gates = Object.entries(GATES).flatMap(([group, least]) => ['--min', `${group}=${least}`])
  const command = `${process.execPath} ${join(root, 'packages/cli/bin/pcap-analyzer.js')} facts {}`
  const result = spawnSync(
    'python3',
    [
      join(corpus, 'compare.py'),
      ...[
        '--manifest',
        join(corpus, manifest),
        '--run',
        command,
        '--jobs',
        '2',
        '--baseline',
        join(root, 'test', baseline),
      ],
      ...(manifest === 'manifest.json' ? gates : []),
    ],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  )
  return { status: result.status, output: result.stderr + result.stdout.slice(-12_000) }
}

describe.skipIf(!isPresent)('facts', () => {
  it('agree with tshark on the reference captures, and no figure has dropped', { timeout: 600_000 }, () => {
    execFileSync(process.execPath, [join(root, 'scripts/bundle.ts')])
    const { status, output } = compare('manifest.json', 'parity-captures.json')
    expect(status, output).toBe(0)
  })

  it('agree with tshark on every rule of its TCP analysis', { timeout: 300_000 }, () => {
    const { status, output } = compare('tcp-rules/manifest.json', 'parity-rules.json')
    expect(status, output).toBe(0)
  })
})
