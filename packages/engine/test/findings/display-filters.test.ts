import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { provenCaptures } from './captures.ts'
import { findDisagreements, lineOf, proofsOf } from './proofs.ts'

/** By capture; written by scripts/generate-display-filters.ts once tshark had agreed with all of them. */
const golden: Readonly<Record<string, readonly string[]>> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'display-filters.json'), 'utf8'),
)
const captures = provenCaptures()
const hasTshark = spawnSync('tshark', ['--version']).stdout?.includes('4.0.17') ?? false

describe('display filters', () => {
  it.each(captures)('of all findings in %s are those that tshark once agreed with', async (name, path) => {
    expect((await proofsOf(path)).map(lineOf)).toEqual(golden[name])
  })
})

describe.skipIf(!hasTshark)('tshark 4.0.17', () => {
  it.each(captures)('selects exactly the evidence by the filters of all findings in %s', async (_, path) => {
    expect(findDisagreements(path, await proofsOf(path))).toEqual([])
  })
})
