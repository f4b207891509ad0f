import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { cutPcap, hostilePcapng, lossyPcap, quietPcap, writeCapture } from './support/captures.ts'
import { runCommand } from './support/run-command.ts'
import { temporaryFolder } from './support/temporary-folder.ts'
import { c0Controls, unsafeCharacters } from './support/unsafe-characters.ts'

const ESCAPE = '\u001b'

describe('the summary', () => {
  test('tells the capture, both views of TCP, and findings with frames and a filter of their own line', async () => {
    const file = writeCapture(temporaryFolder(), 'a.pcap', lossyPcap())
    const { stdout } = await runCommand(['analyze', '--no-report', file])
    expect(stdout).toContain('2026-01-01 00:00:00 UTC to 2026-01-01 00:00:00.380 UTC')
    expect(stdout).toMatch(/^Packets +8 \(/m)
    expect(stdout).toMatch(/^Top pairs +10\.0\.0\.1 - 10\.0\.0\.2 /m)
    expect(stdout).toMatch(/^TCP, tshark +retransmission 1/m)
    expect(stdout).toMatch(/^TCP, ours /m)
    expect(stdout).toMatch(/^1\. {2}(LOW|MEDIUM|HIGH) {2}\S/m)
    expect(stdout).toMatch(/^ +frames +7$/m)
    expect(stdout).toMatch(/^ +tcp\.analysis\.retransmission$/m)
  })

  test('tells what the capture can support, with commands of their own lines where it can not', async () => {
    const folder = temporaryFolder()
    const whole = await runCommand(['analyze', '--no-report', writeCapture(folder, 'a.pcap', lossyPcap())])
    expect(whole.stdout).toMatch(/^Quality +taken at or beside the clients; nothing speaks against its numbers/m)
    const { stdout } = await runCommand(['analyze', '--no-report', writeCapture(folder, 'b.pcap', cutPcap())])
    expect(stdout).toMatch(/^Quality +taken at or beside the clients; not everything .* packets cut$/m)
    expect(stdout).toMatch(/^ {2}! 3 of 8 packets cut short at 96 bytes$/m)
    expect(stdout).toMatch(/^ {4}tcpdump -i INTERFACE -s 0 -B 65536 -w whole\.pcap$/m)
  })

  test('tells the health score with the parts that take points, and what was not seen', async () => {
    const file = writeCapture(temporaryFolder(), 'a.pcap', lossyPcap())
    const { stdout } = await runCommand(['analyze', '--no-report', file])
    expect(stdout).toMatch(/^Health +[\d.]+ of 100: \w+$/m)
    expect(stdout).toMatch(
      /^Not seen\n(?: {2}- .*\n(?: {4}.*\n)*)* {2}- no RST in 1 connection; would have been visible: yes$/m,
    )
    const full = (await runCommand(['analyze', '--no-report', '--full', file])).stdout
    expect(full).toMatch(/^ {2}- DNS queries failed: not counted \(only 0 samples\)$/m)
  })

  test('tells findings in the language asked for, by option or configuration', async () => {
    const folder = temporaryFolder()
    const file = writeCapture(folder, 'a.pcap', lossyPcap())
    const config = join(folder, 'c.yaml')
    writeFileSync(config, 'language: fr\n')
    for (const args of [
      ['--lang', 'fr'],
      ['-c', config],
    ]) {
      const { stdout } = await runCommand(['analyze', '--no-report', ...args, file])
      expect(stdout).toContain('tshark marque 1 retransmission parmi')
    }
    const { stdout } = await runCommand(['analyze', '--no-report', '-c', config, '--lang', 'en', file])
    expect(stdout).toContain('tshark flags 1 retransmission among')
    expect((await runCommand(['analyze', '--lang', 'de', file])).exitCode).toBe(2)
  })

  test('says that no problem was found, and in how much', async () => {
    const file = writeCapture(temporaryFolder(), 'a.pcap', quietPcap())
    const { stdout } = await runCommand(['analyze', '--no-report', file])
    expect(stdout).toContain('no problem found in 2 packets')
  })

  test('says that a capture without packets cannot tell', async () => {
    const file = writeCapture(temporaryFolder(), 'a.pcap', quietPcap().subarray(0, 24))
    const { stdout, exitCode } = await runCommand(['analyze', '--no-report', file])
    expect(stdout).toContain('holds no packets')
    expect(exitCode).toBe(0)
  })

  test('prints every section with --full', async () => {
    const file = writeCapture(temporaryFolder(), 'a.pcap', lossyPcap())
    const { stdout } = await runCommand(['analyze', '--no-report', '--full', file])
    for (const text of ['Conversations and top talkers', "tshark's view", 'Our view', 'tcp.analysis.duplicate_ack']) {
      expect(stdout).toContain(text)
    }
  })

  test('has no escape sequence when it is piped, and colours when they are asked for', async () => {
    const file = writeCapture(temporaryFolder(), 'a.pcap', lossyPcap())
    const args = ['analyze', '--no-report', file]
    expect((await runCommand(args)).stdout).not.toContain(ESCAPE)
    expect((await runCommand([...args, '--color'])).stdout).toContain(ESCAPE)
    expect((await runCommand(args, { environment: { FORCE_COLOR: '1' } })).stdout).toContain(ESCAPE)
    expect((await runCommand(args, { environment: { FORCE_COLOR: '1', NO_COLOR: '1' } })).stdout).not.toContain(ESCAPE)
    expect((await runCommand([...args, '--no-color'], { environment: { FORCE_COLOR: '1' } })).stdout).not.toContain(
      ESCAPE,
    )
  })

  test.each([['analyze', '--no-report', '--full'], ['info'], ['facts']])(
    'shows hostile text without obeying it: %s',
    async (...args) => {
      const file = writeCapture(temporaryFolder(), 'a.pcapng', hostilePcapng())
      const { stdout, stderr } = await runCommand([...args, file])
      const hostile = args[0] === 'facts' ? c0Controls : unsafeCharacters
      expect(stdout).not.toMatch(hostile)
      expect(stderr).not.toMatch(hostile)
      if (args[0] === 'info') expect(stdout).toContain('\\x1b[31mred\\x1b[2J\\x9b5m\\u{202e}txt.exe')
    },
  )
})

describe('input', () => {
  test('reads standard input for -', async () => {
    const { stdout, exitCode } = await runCommand(['analyze', '--no-report', '-'], { input: gzipSync(lossyPcap()) })
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^standard input\n.*gzip/)
  })

  test('reads the files that a pattern matches as one capture, by their first packets', async () => {
    const folder = temporaryFolder()
    writeCapture(folder, 'ring_1.pcap', lossyPcap()) // of 2026
    writeCapture(folder, 'ring_2.pcap', quietPcap()) // of 2023
    writeCapture(folder, 'other.pcap', quietPcap())
    const { stdout } = await runCommand(['analyze', '--json', join(folder, 'ring_?.pcap')])
    const { capture } = JSON.parse(stdout)
    expect(capture.packets).toBe(10)
    expect(capture.files.map((file: { name: string }) => file.name)).toEqual(['ring_2.pcap', 'ring_1.pcap'])
  })
})
