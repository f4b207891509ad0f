import { globSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { summaryLabels, summaryWords } from '../src/words/summary-words.ts'
import { runCommand } from './support/run-command.ts'

const samples = join(import.meta.dirname, '../../../samples')
const { en, fr } = summaryWords
/** Words that no French sentence has, and no protocol or command either. */
const englishWords =
  /(?<![\p{L}_])(?:and|bytes?|connections?|frames|from|lost|of|packets?|seen|sent|servers?|the|together|waited|with)(?![\p{L}_])/iu

/** Lines that are to be copied, not read: filters and commands. */
function isCopied(line: string): boolean {
  return /^ {4}(?:frame\.|tcp|dns|http|icmp|ip|tls|arp|udp|rtp|tshark|dumpcap|ethtool|editcap|sudo|\()/.test(line)
}

describe('the words of the summary', () => {
  test('are others in French than in English but for those that are the same', () => {
    const same = summaryLabels.filter((label) => en.labels[label] === fr.labels[label])
    expect(same).toEqual(['tcpTshark'])
    expect(Object.keys(fr.severities)).toEqual(Object.keys(en.severities))
    expect(Object.keys(fr)).toEqual(Object.keys(en))
  })

  test.each(globSync('*.{pcap,pcapng}', { cwd: samples }).sort())('leave no English in French for %s', async (file) => {
    const args = ['analyze', '--no-report', '--full', '--lang', 'fr', join(samples, file)]
    const { stdout } = await runCommand(args)
    const lines = stdout.split('\n').slice(1)
    expect(lines.filter((line) => englishWords.test(line) && !isCopied(line))).toEqual([])
  })

  test('write numbers as the language does', () => {
    expect(fr.measure('1,234,567')).toBe('1\u202f234\u202f567')
    expect(fr.measure('89.1 KiB')).toBe('89,1 Kio')
    expect(fr.measure('5 min 9 s')).toBe('5 min 9 s')
  })
})
