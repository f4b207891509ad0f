import { describe, expect, it } from 'vitest'
import { csvCell, csvText } from '../src/csv/csv-text.ts'
import { forms, type OutputFile } from '../src/index.ts'
import { samples, temporaryFolder } from './support/captures.ts'
import { hostileReport, writtenReport } from './support/reports.ts'

const UNSEEN = // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/

async function filesOf(id: string, report: Parameters<(typeof forms)[number]['files']>[0]): Promise<OutputFile[]> {
  const form = forms.find((one) => one.id === id)
  return [...((await form?.files(report)) ?? [])]
}

describe('every form', () => {
  it.each(forms.map(({ id }) => id))(
    '%s gives the same bytes for the same report, and no character that misleads',
    async (id) => {
      const report = await hostileReport(temporaryFolder())
      const [once, twice] = [await filesOf(id, report), await filesOf(id, structuredClone(report))]
      expect(once.length).toBeGreaterThan(0)
      expect(twice).toEqual(once)
      for (const { name, content } of once) if (typeof content === 'string') expect(content, name).not.toMatch(UNSEEN)
    },
  )

  it('is made of every sample', async () => {
    for (const path of samples) {
      const report = await writtenReport(path)
      for (const form of forms) expect((await form.files(report)).length, form.id).toBeGreaterThan(0)
    }
  })
})

describe('CSV', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['-cmd', "'-cmd"],
    ['+1', "'+1"],
    ['\t=1', "'\t=1"],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['\u202eevil', '\\u{202e}evil'],
    [-5, '-5'],
    [null, ''],
    [true, 'true'],
  ])('writes %j as %j', (value, cell) => expect(csvCell(value)).toBe(cell))

  it('has as many cells in every row as heads, in every file of a hostile report', async () => {
    const report = await hostileReport(temporaryFolder())
    for (const { name, content } of await filesOf('csv', report)) {
      const [head, ...rows] = parseCsv(String(content))
      for (const row of rows) expect(row.length, name).toBe(head.length)
      for (const cell of rows.flat()) expect(cell, name).not.toMatch(/^[=+@\t\r]|^-[^\d]/)
    }
  })

  it('holds the files of the tool before this one, with their columns', async () => {
    const files = new Map(
      (await filesOf('csv', await writtenReport(samples[0]))).map(({ name, content }) => [name, String(content)]),
    )
    expect(files.get('summary.csv')).toMatch(/^Metric,Value\r\nPCAP File,/)
    expect(files.get('protocol_distribution.csv')).toMatch(/^Protocol,Count,Percentage\r\n/)
    expect(files.get('service_classification.csv')).toMatch(/^Service Type,Flow Count,Percentage\r\n/)
    expect(files.get('jitter_statistics.csv')).toMatch(/^Flow,Mean Jitter \(ms\),Max Jitter \(ms\),Packet Count\r\n/)
  })

  it('ends every line as RFC 4180 has it', () => expect(csvText(['a'], [[1], ['x']])).toBe('a\r\n1\r\nx\r\n'))
})

describe('Markdown', () => {
  it('makes no markup, link or HTML of captured text', async () => {
    const [{ content }] = await filesOf('markdown', await hostileReport(temporaryFolder()))
    expect(content).not.toMatch(/<(img|script|b)/)
    expect(content).not.toMatch(/(?<!\\)\]\(|(?<!\\)!\[/)
  })
})

describe('JUnit XML', () => {
  it('is well-formed whatever was captured, and counts what fails', async () => {
    const report = await hostileReport(temporaryFolder())
    const [{ content }] = await filesOf('junit', report)
    expectWellFormed(String(content))
    const failing = report.findings.filter(({ severity }) => ['medium', 'high', 'critical'].includes(severity)).length
    expect(content).toContain(`failures="${failing}"`)
    expect(String(content).match(/<failure /g)?.length ?? 0).toBe(failing)
  })
})

describe('SARIF', () => {
  it('names each finding by a rule of the run, with its frames', async () => {
    const report = await writtenReport(samples[0])
    const [{ content }] = await filesOf('sarif', report)
    const log = JSON.parse(String(content))
    const [{ tool, results }] = log.runs
    expect(log.version).toBe('2.1.0')
    expect(results).toHaveLength(report.findings.length)
    for (const [i, result] of results.entries()) {
      expect(tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId)
      expect(result.properties.frames).toEqual(report.findings[i].evidence.frames)
      expect(['error', 'warning', 'note']).toContain(result.level)
    }
  })
})

describe('OpenMetrics', () => {
  it('follows the exposition format line by line', async () => {
    const [{ content }] = await filesOf('openmetrics', await hostileReport(temporaryFolder()))
    const lines = String(content).split('\n')
    expect(lines.slice(-2)).toEqual(['# EOF', ''])
    const label = '[a-z_]+="(?:[^"\\\\\\n]|\\\\["\\\\n])*"'
    const sample = new RegExp(`^[a-z_]+(\\{${label}(,${label})*\\})? -?[0-9.e+-]+$`)
    for (const line of lines.slice(0, -2))
      expect(line).toMatch(line.startsWith('#') ? /^# (TYPE|UNIT|HELP) pcap_/ : sample)
    const families = lines.filter((line) => line.startsWith('# TYPE')).map((line) => line.split(' ')[2])
    expect(new Set(families).size).toBe(families.length)
  })
})

function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]]
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    if (end === '\r\n') rows.push([])
  }
  return rows.slice(0, -1)
}

/** Every element is closed in order and every reference is known; no parser of XML comes with Node. */
function expectWellFormed(xml: string): void {
  const open: string[] = []
  const body = xml.replace(/^<\?xml[^?]*\?>/, '')
  for (const [, closing, name, attributes, empty] of body.matchAll(
    /<(\/?)([a-z-]+)((?:\s+[a-z]+="[^"<]*")*)\s*(\/?)>/g,
  )) {
    expect(attributes.replace(/&(amp|lt|gt|quot|apos);/g, '')).not.toContain('&')
    if (closing === '/') expect(open.pop()).toBe(name)
    else if (empty === '') open.push(name)
  }
  expect(open).toEqual([])
  const between = body.replace(/<\/?[a-z-]+(?:\s+[a-z]+="[^"<]*")*\s*\/?>/g, '')
  expect(between).not.toMatch(/[<>]/)
  expect(between.replace(/&(amp|lt|gt|quot|apos);/g, '')).not.toContain('&')
}
