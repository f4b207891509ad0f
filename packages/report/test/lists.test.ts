import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { analyzeFile } from '@pcap-analyzer/engine/node'
import { parquetReadObjects } from 'hyparquet'
import { describe, expect, it } from 'vitest'
import { writeCsvLists, writeParquet } from '../src/node/index.ts'
import { sample, samples, temporaryFolder } from './support/captures.ts'

function parse(path: string): Record<string, string>[] {
  const [head, ...rows] = readFileSync(path, 'utf8').trimEnd().split('\r\n')
  const names = head.split(',')
  return rows.map((row) => Object.fromEntries(row.split(',').map((cell, i) => [names[i], cell])))
}

async function readParquet(path: string): Promise<Record<string, unknown>[]> {
  const bytes = readFileSync(path)
  return await parquetReadObjects({ file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) })
}

describe('the complete lists', () => {
  it('have as many rows as the report counts', async () => {
    for (const path of samples) {
      const folder = temporaryFolder()
      await writeCsvLists([path], folder)
      const report = await analyzeFile(path)
      const fact = (section: string, key: string) =>
        Number(report.sections.find(({ id }) => id === section)?.facts.find((one) => one.key === key)?.value)
      expect(parse(join(folder, 'flows.csv')), path).toHaveLength(fact('flows', 'flows'))
      expect(parse(join(folder, 'classified_flows.csv'))).toHaveLength(fact('flows', 'flows'))
      expect(parse(join(folder, 'transactions.csv'))).toHaveLength(fact('latency', 'transactions'))
      const attempts = parse(join(folder, 'handshakes.csv'))
      expect(attempts).toHaveLength(fact('handshakes', 'attempts'))
      expect(attempts.filter(({ Outcome }) => Outcome === 'refused')).toHaveLength(fact('handshakes', 'refused'))
      const dns = parse(join(folder, 'dns.csv')).filter(({ Family }) => Family === 'dns')
      expect(dns.filter(({ Outcome }) => Outcome === 'no answer').length).toBe(fact('dns', 'unanswered'))
    }
  })

  it('tell of each segment that was sent again what both views say', async () => {
    const folder = temporaryFolder()
    await writeCsvLists([sample('slow-download')], folder)
    const [row, ...others] = parse(join(folder, 'retransmissions.csv'))
    expect(others).toEqual([])
    expect(row).toMatchObject({
      Frame: '44',
      'Flags of tshark 4.0.17': 'retransmission',
      'Our view': 'lost before the capture point',
    })
  })
})

describe('Parquet', () => {
  it('holds the same rows, with types', async () => {
    const folder = temporaryFolder()
    const path = sample('slow-download')
    const report = await analyzeFile(path)
    await writeParquet(report, [path], folder)
    await writeCsvLists([path], folder)
    for (const id of ['flows', 'handshakes', 'dns', 'retransmissions', 'transactions', 'tls', 'http']) {
      expect(await readParquet(join(folder, `${id}.parquet`)), id).toHaveLength(parse(join(folder, `${id}.csv`)).length)
    }
    const [dns] = await readParquet(join(folder, 'dns.parquet'))
    expect(dns).toMatchObject({ frame: 3n, name: 'shop.example', latency_ns: 1_530_000_000n, query_frame: 1n })
    expect((dns.time as Date).toISOString()).toBe('2026-01-01T00:00:01.530Z')
    const findings = await readParquet(join(folder, 'findings.parquet'))
    expect(findings.map(({ key }) => key)).toEqual(report.findings.map(({ key }) => key))
    expect(findings[0].cost_ns).toBe(BigInt(report.findings[0].costNs ?? 0))
  })
})
