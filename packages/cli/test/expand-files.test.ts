import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { expandFiles } from '../src/files/expand-files.ts'
import { temporaryFolder } from './support/temporary-folder.ts'

function folderWithFiles(): string {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'day1/deep'), { recursive: true })
  mkdirSync(join(folder, 'a.pcap.d'))
  const names = ['b.pcap', 'a.pcap', 'c.pcapng', '.hidden.pcap', 'odd[1].pcap', 'day1/x.pcap', 'day1/deep/y.pcap']
  for (const name of names) writeFileSync(join(folder, name), '')
  return folder
}

function expanded(pattern: string): string[] {
  const folder = folderWithFiles()
  return expandFiles([`${folder}/${pattern}`]).map((path) => path.slice(folder.length + 1))
}

describe('expandFiles', () => {
  test.each([
    ['*.pcap', ['a.pcap', 'b.pcap', 'odd[1].pcap']],
    ['?.pcap*', ['a.pcap', 'b.pcap', 'c.pcapng']],
    ['[ab].pcap', ['a.pcap', 'b.pcap']],
    ['[!a].pcap', ['b.pcap']],
    ['[^a].pcap', ['b.pcap']],
    ['day*/*.pcap', ['day1/x.pcap']],
    ['**/*.pcap', ['a.pcap', 'b.pcap', 'day1/deep/y.pcap', 'day1/x.pcap', 'odd[1].pcap']],
    ['.*.pcap', ['.hidden.pcap']],
    ['odd[1].pcap', ['odd[1].pcap']],
  ])('finds the files of %s', (pattern, files) => {
    expect(expanded(pattern)).toEqual(files)
  })

  test('leaves names and - as they are, whether they exist or not', () => {
    expect(expandFiles(['-', 'none.pcap'])).toEqual(['-', 'none.pcap'])
  })

  test('says when nothing matches, and when a file comes twice', () => {
    expect(() => expanded('*.cap')).toThrow(/no file matches/)
    expect(() => expandFiles(['a', 'a'])).toThrow(/named twice/)
  })
})
