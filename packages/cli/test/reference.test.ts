import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defaultLimits, languages, REPORT_FORMAT, severities } from '@pcap-analyzer/engine'
import { reportSchema } from '@pcap-analyzer/report'
import { describe, expect, test } from 'vitest'
import { analyze } from '../src/commands/analyze.ts'
import { generatedFiles } from '../src/reference/generated-files.ts'

describe('docs/reference', () => {
  test.each(generatedFiles().map(({ path, content }) => [path, content] as const))('%s is fresh', (path, content) => {
    expect(readFileSync(join(import.meta.dirname, '../../..', path), 'utf8')).toBe(content)
  })
})

describe('the definitions', () => {
  test('agree with the engine', () => {
    expect(analyze.options.find(({ flags }) => flags.startsWith('--fail-on'))?.completion).toEqual(severities)
    expect(analyze.options.find(({ flags }) => flags.startsWith('--lang'))?.completion).toEqual(languages)
    expect(reportSchema.title).toBe(REPORT_FORMAT)
    const text = (flags: string) => analyze.options.find((option) => option.flags.startsWith(flags))?.defaultText
    expect(text('--max-expansion-ratio')).toBe(String(defaultLimits.maxDecompressionRatio))
    expect(text('--max-decompressed-bytes')).toBe(`${defaultLimits.maxDecompressedBytes / 1024 ** 3} GiB`)
  })
})
