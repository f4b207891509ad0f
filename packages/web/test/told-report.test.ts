import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { analyze, retellReport } from '@pcap-analyzer/engine'
import { describe, expect, it } from 'vitest'
import { summaryOf } from '../../server/src/shares/summary.ts'
import { toldIn } from '../src/app/report/told-report.ts'

const samples = ['connect-trouble', 'filtered-port', 'slow-dns', 'slow-download']
const written = (name: string, language: 'en' | 'fr') =>
  analyze([readFileSync(join(import.meta.dirname, '../../../samples', `${name}.pcap`))], { language })

describe('a report that is shared in words alone', () => {
  it.each(samples)('is told in the language of its reader, as if it had been written so: %s', async (name) => {
    const [english, french] = [summaryOf(await written(name, 'en')), summaryOf(await written(name, 'fr'))]
    expect(french.findings.length).toBeGreaterThan(0)
    expect(retellReport(english, 'fr')).toEqual(french)
    expect(retellReport(french, 'en')).toEqual(english)
  })

  it('is not said to be in another language', async () => {
    const report = summaryOf(await written('slow-dns', 'en'))
    const provenance = { options: { language: 'en' } } as NonNullable<typeof report.provenance>
    const told = await toldIn({ ...report, provenance }, 'fr')
    expect(told).toMatchObject({ language: 'fr', isAsWritten: false })
    expect(told.report.findings).toEqual(summaryOf(await written('slow-dns', 'fr')).findings)
  })
})
