import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Analysis } from '../../src/analyze.ts'
import { analyzers } from '../../src/analyzers/index.ts'
import { detectors } from '../../src/detectors/index.ts'
import { EngineError } from '../../src/errors.ts'
import { buildPcap, tcpFrame, udpFrame } from '../../src/testing/index.ts'
import { capturePaths, samplePaths } from '../corpus.ts'
import { analysisOf } from './analysis-of.ts'

const definitions = [...analyzers, ...detectors]

function reportOf(bytes: Uint8Array): string {
  return JSON.stringify(analysisOf(bytes).report())
}

const captures = capturePaths(300_000).flatMap((path) => {
  try {
    reportOf(readFileSync(path))
    return [[basename(path), path] as const]
  } catch (error) {
    if (error instanceof EngineError) return []
    throw error
  }
})

describe('every analyzer', () => {
  it('has an id, a title and a sentence of its own', () => {
    expect(new Set(definitions.map(({ id }) => id)).size).toBe(definitions.length)
    for (const { id, title, description } of definitions) {
      expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/)
      expect(title.length).toBeGreaterThan(1)
      expect(description).toMatch(/\.$/)
    }
  })

  it('finds nothing in an empty capture', () => {
    const report = analysisOf(buildPcap([])).report()
    expect(report.findings).toEqual([])
    expect(report.capture.packets).toBe(0)
    expect(report.sections.map(({ id }) => id)).toEqual(definitions.map(({ id }) => id))
  })

  it.each(captures)('gives the same report from 2, 3 and 7 parts of %s, merged in any order', (_, path) => {
    const bytes = readFileSync(path)
    const whole = reportOf(bytes)
    for (const count of [2, 3, 7]) {
      const parts = Array.from({ length: count }, (_, index) => analysisOf(bytes, { index, count }))
      const order = count === 3 ? parts.toReversed() : parts
      // the first of the order is reported; part 0 must be it, as frames without addresses belong to it
      const first = parts[0]
      for (const part of order) if (part !== first) first.merge(part)
      expect(first.report()).toEqual(JSON.parse(whole))
    }
  })

  it.each(captures)('says the same of %s twice', (_, path) => {
    const bytes = readFileSync(path)
    expect(reportOf(bytes)).toBe(reportOf(bytes))
  })

  it.each(samplePaths().map((path) => [basename(path), path] as const))('survives %s cut at any byte', (_, path) => {
    const bytes = readFileSync(path)
    for (let length = 24; length < bytes.length; length += 211) {
      const { files } = analysisOf(bytes.subarray(0, length)).report().capture
      expect(files[0].end.byteOffset).toBeLessThanOrEqual(length)
    }
  })

  it('survives any payload on any port', () => {
    const payload = fc.uint8Array({ maxLength: 300 })
    const port = fc.constantFrom(22, 25, 53, 67, 80, 123, 443, 546, 1900, 5353, 5355, 40_000)
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), port, payload), { maxLength: 20 }), (messages) => {
        const client = { address: '192.0.2.1', port: 50_000 }
        const frames = messages.map(([isTcp, servicePort, bytes], index) => {
          const server = { address: '192.0.2.2', port: servicePort }
          return isTcp
            ? tcpFrame(client, server, { sequence: index * 300, payload: bytes })
            : udpFrame(client, server, bytes)
        })
        expect(analysisOf(buildPcap(frames)).report().capture.packets).toBe(messages.length)
      }),
      { numRuns: 300 },
    )
  })

  it('keeps nothing borrowed: overwriting the bytes behind it changes nothing', () => {
    for (const path of samplePaths()) {
      const bytes = new Uint8Array(readFileSync(path))
      const expected = reportOf(bytes.slice())
      const analysis = new Analysis()
      analysis.run.beginFile(null)
      for (let start = 0; start < bytes.length; start += 1000) {
        const chunk = bytes.slice(start, start + 1000)
        analysis.run.input.push(chunk)
        analysis.run.drain()
        chunk.fill(0xee)
      }
      analysis.run.input.finish()
      analysis.run.drain()
      analysis.run.endFile()
      expect(JSON.stringify(analysis.report())).toBe(expected)
    }
  })
})
