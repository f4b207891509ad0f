import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { analyze } from '@pcap-analyzer/engine'
import { describe, expect, it } from 'vitest'
import { compareReports, costChange } from '../src/app/compare/compare-reports.ts'

const sample = (name: string) => analyze([readFileSync(join(import.meta.dirname, '../../../samples', name))])

describe('the comparison of two reports', () => {
  it('finds nothing between a report and itself', async () => {
    const report = await sample('slow-dns.pcap')
    const { appeared, gone, both, figures } = compareReports(report, report)
    expect([appeared, gone]).toEqual([[], []])
    expect(both.map(costChange)).toEqual(report.findings.map(() => 0))
    expect(figures.filter(({ before, after }) => before !== after)).toEqual([])
  })

  it('turns round when the reports are swapped', async () => {
    const [a, b] = [await sample('slow-dns.pcap'), await sample('slow-download.pcap')]
    const [there, back] = [compareReports(a, b), compareReports(b, a)]
    expect(there.appeared).toEqual(back.gone)
    expect(there.gone).toEqual(back.appeared)
    expect(there.both.length).toBe(back.both.length)
    const packets = ({ figures }: typeof there) => figures.find(({ label }) => label === 'packets')
    expect([packets(there)?.before, packets(there)?.after]).toEqual([packets(back)?.after, packets(back)?.before])
    expect(there.appeared.length + there.both.length).toBe(b.findings.length)
  })
})
