import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { analyzeFile } from '@pcap-analyzer/engine/node'
import { describe, expect, it } from 'vitest'
import { readReport, reportJson } from '../src/index.ts'
import { addDetails, sealReport, verifyReport } from '../src/node/index.ts'
import { sample, temporaryFolder } from './support/captures.ts'
import { writtenReport } from './support/reports.ts'

const path = sample('slow-download')

describe('verifyReport', () => {
  it('says identical of the report and its capture, also under another name', async () => {
    const text = reportJson(await writtenReport(path), 'pretty')
    expect(await verifyReport(text, readReport(text), [path])).toMatchObject({ isIdentical: true, reasons: [] })
    const copy = join(temporaryFolder(), 'copy.pcap')
    copyFileSync(path, copy)
    expect(await verifyReport(text, readReport(text), [copy])).toMatchObject({ isIdentical: true })
  })

  it('makes it again with the options that it was made with', async () => {
    const options = { language: 'fr' as const, latencySeconds: 0.01, settings: { dns: { slowNs: 1e6 } } }
    const plain = await analyzeFile(path, { language: 'fr', latencySeconds: 0.01 })
    const text = reportJson(
      sealReport(await addDetails(plain, [path]), [path], { ...options, settings: {} }),
      'compact',
    )
    expect(await verifyReport(text, readReport(text), [path])).toMatchObject({ isIdentical: true })
  })

  it('fails on one flipped bit of the capture, wherever it is', async () => {
    const report = await writtenReport(path)
    const text = reportJson(report, 'pretty')
    const bytes = readFileSync(path)
    for (const share of [0.02, 0.31, 0.5, 0.77, 0.999]) {
      const changed = Buffer.from(bytes)
      changed[Math.floor(bytes.length * share)] ^= 1
      const copy = join(temporaryFolder(), 'slow-download.pcap')
      writeFileSync(copy, changed)
      const { isIdentical, reasons } = await verifyReport(text, report, [copy])
      expect(isIdentical).toBe(false)
      expect(reasons[0]).toContain('bytes of the capture')
    }
  })

  it('fails on one flipped bit of the report, or cannot read it', async () => {
    const bytes = Buffer.from(reportJson(await writtenReport(path), 'pretty'))
    for (let at = 100; at < bytes.length; at += Math.floor(bytes.length / 12)) {
      const changed = Buffer.from(bytes)
      changed[at] ^= 1
      const text = changed.toString('utf8')
      let isIdentical = false
      try {
        isIdentical = (await verifyReport(text, readReport(text), [path])).isIdentical
      } catch (error) {
        expect((error as { code?: string }).code).toMatch(/NOT_A_REPORT|INVALID_OPTION/)
      }
      expect(isIdentical, `byte ${at}`).toBe(false)
    }
  })

  it('names another engine version, rules and configuration', async () => {
    const report = await writtenReport(path)
    const { provenance } = report
    if (provenance === undefined) throw new Error('not sealed')
    const reasonsOf = async (changed: typeof report) =>
      (await verifyReport(reportJson(changed, 'pretty'), changed, [path])).reasons.join('; ')
    expect(await reasonsOf({ ...report, engine: { name: 'pcap-analyzer', version: '0.0.1' } })).toContain(
      'engine version',
    )
    expect(await reasonsOf({ ...report, provenance: { ...provenance, rules: '0'.repeat(64) } })).toContain('rules')
    const options = { ...provenance.options, language: 'fr' }
    expect(await reasonsOf({ ...report, provenance: { ...provenance, options } })).toContain('content')
  })

  it('refuses a report that does not say what it was made of', async () => {
    const report = await analyzeFile(path)
    await expect(verifyReport(reportJson(report, 'pretty'), report, [path])).rejects.toThrow(
      'does not say what it was made of',
    )
  })
})
