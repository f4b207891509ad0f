import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '@pcap-analyzer/engine'
import { analyzeFile } from '@pcap-analyzer/engine/node'
import { compileFilter } from '@pcap-analyzer/engine/observe'
import { describe, expect, it } from 'vitest'
import { readFile } from '../../engine/src/node/read-file.ts'
import { startRun } from '../src/node/filter-frames.ts'
import { corpusFolder, samples } from './support/captures.ts'

const MOST_BYTES = 200_000

function captures(): string[] {
  const corpus = corpusFolder('that our filters select the evidence of findings', 'captures')
  if (corpus === null) return [...samples]
  const names = readdirSync(corpus, { recursive: true, encoding: 'utf8' }).sort()
  const files = names
    .map((name) => join(corpus, name))
    .filter((path) => statSync(path).isFile() && statSync(path).size <= MOST_BYTES)
  return [...samples, ...files]
}

/** Frames that each finding's filter selects, in one pass. */
async function selectedBy(findings: readonly Finding[], path: string): Promise<number[][]> {
  const filters = findings.map(({ displayFilter }) => compileFilter(displayFilter))
  const selected = filters.map((): number[] => [])
  const run = startRun(
    (facts) => ({
      frame: (packet) => {
        for (const [i, filter] of filters.entries()) if (filter.matches(facts)) selected[i].push(packet.number)
      },
    }),
    undefined,
  )
  await readFile(run, path)
  run.finish()
  return selected
}

describe('the display filter of every finding', () => {
  it('is one that we read ourselves, and selects its evidence', async () => {
    let checked = 0
    const wrong: string[] = []
    for (const path of captures()) {
      const report = await analyzeFile(path).catch(() => null)
      if (report === null || report.findings.length === 0) continue
      for (const [i, frames] of (await selectedBy(report.findings, path)).entries()) {
        const { key, displayFilter, evidence } = report.findings[i]
        const isWhole = frames.length === Math.min(evidence.total, 1000) || frames.length === evidence.total
        const has = new Set(frames)
        if (!isWhole || !evidence.frames.every((frame) => has.has(frame)))
          wrong.push(`${path.split('/').at(-1)} ${key}: ${displayFilter} selects ${frames.length} of ${evidence.total}`)
        checked++
      }
    }
    expect(checked).toBeGreaterThan(10)
    expect(wrong).toEqual([])
  })
})
