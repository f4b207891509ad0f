import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { detectors } from '../../src/detectors/index.ts'
import { EngineError } from '../../src/errors.ts'
import type { Finding } from '../../src/finding.ts'
import { samplePaths } from '../corpus.ts'
import { securityFindings, vectorPath } from './detection.ts'
import { firings } from './firings.ts'

const corpus = join(import.meta.dirname, '../../../../../shared/corpus')
const hasCorpus = existsSync(join(corpus, 'manifest.json'))
if (!hasCorpus) process.stderr.write(`\n*** ${corpus} is absent: detectors are not tested on real captures ***\n`)

interface Manifest {
  readonly captures: readonly { readonly file: string; readonly shows: string }[]
}

const captures = hasCorpus
  ? (JSON.parse(readFileSync(join(corpus, 'manifest.json'), 'utf8')) as Manifest).captures.map(({ file }) => file)
  : []

const techniques = detectors.flatMap(({ attack }) => attack)

async function findingsOf(path: string): Promise<readonly Finding[]> {
  try {
    return await securityFindings(readFileSync(path))
  } catch (error) {
    if (error instanceof EngineError) return []
    throw error
  }
}

describe('detectors on real captures', () => {
  it.each(captures)('fire on %s exactly when there is something', async (file) => {
    const findings = await findingsOf(join(corpus, file))
    expect(findings.map(({ kind }) => kind)).toEqual(firings[file]?.kinds ?? [])
    for (const { attack } of findings) expect(techniques).toEqual(expect.arrayContaining([...attack]))
  })

  it.each(samplePaths())('are silent about %s', async (path) => {
    expect(await findingsOf(path)).toEqual([])
  })
})

const hasTshark = spawnSync('tshark', ['--version']).status === 0
const proven = [
  ...Object.keys(firings).map((file) => join(corpus, file)),
  ...['scanext', 'stealth', 'sshbf', 'beacon97', 'dnstun'].map(vectorPath),
].filter((path) => existsSync(path))

if (proven.length === 0)
  process.stderr.write(
    '\n*** without the reference captures no display filter of a detector is run through tshark ***\n',
  )

// a suite without a case would fail
describe.skipIf(!hasTshark || proven.length === 0)('display filters of detectors', () => {
  it.each(proven)('select exactly the evidence in %s', async (path) => {
    for (const { displayFilter, evidence } of await findingsOf(path)) {
      const selected = execFileSync(
        'tshark',
        ['-n', '-r', path, '-Y', displayFilter, '-T', 'fields', '-e', 'frame.number'],
        { encoding: 'utf8', maxBuffer: 1 << 26, stdio: ['ignore', 'pipe', 'ignore'] },
      )
      const frames = selected.trim().split('\n').map(Number)
      expect(frames.length).toBe(evidence.total)
      expect(frames.slice(0, evidence.frames.length)).toEqual(evidence.frames)
    }
  })
})
