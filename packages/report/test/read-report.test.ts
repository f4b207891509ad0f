import { describe, expect, it } from 'vitest'
import { readReport, reportJson } from '../src/index.ts'
import { samples } from './support/captures.ts'
import { writtenReport } from './support/reports.ts'

describe('readReport', () => {
  it('takes what was written, in either form, and gives the same bytes back', async () => {
    const text = reportJson(await writtenReport(samples[0]), 'pretty')
    expect(reportJson(readReport(text), 'pretty')).toBe(text)
    expect(reportJson(readReport(JSON.stringify(JSON.parse(text))), 'pretty')).toBe(text)
  })

  it.each([
    ['', /no JSON/],
    ['[]', /says no format/],
    ['{"format":"pcap-analyzer-report/9"}', /it is "pcap-analyzer-report\/9"/],
    ['{"format":"pcap-analyzer-report/1"}', /must have required property/],
  ])('refuses %j and says why', (text, message) => expect(() => readReport(text)).toThrow(message))

  it('refuses a value of the wrong kind and names its place', async () => {
    const report = JSON.parse(reportJson(await writtenReport(samples[0]), 'compact'))
    report.findings[0].costNs = 'much'
    expect(() => readReport(JSON.stringify(report))).toThrow('/findings/0/costNs')
  })
})
