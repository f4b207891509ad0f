import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { scenarios } from '@pcap-analyzer/scenarios'
import { describe, expect, test } from 'vitest'
import { runCommand } from './support/run-command.ts'
import { temporaryFolder } from './support/temporary-folder.ts'

const generate = (folder: string, ...args: readonly string[]) => runCommand(['generate', ...args], { cwd: folder })

describe('generate', () => {
  test('lists every scenario with its story', async () => {
    const { stdout, exitCode } = await generate(temporaryFolder(), '--list')
    expect(exitCode).toBe(0)
    const words = stdout.replace(/\s+/g, ' ')
    for (const { name, story } of scenarios) expect(words).toContain(`${name} ${story}`)
  })

  test('writes a capture and what must be found in it, under the name of the scenario', async () => {
    const folder = temporaryFolder()
    const { stdout, exitCode } = await generate(folder, 'refused-port')
    expect(exitCode).toBe(0)
    expect(stdout).toContain('tcp-refused 198.51.100.80 8443')
    expect(existsSync(join(folder, 'refused-port.pcap'))).toBe(true)
    const expected = JSON.parse(readFileSync(join(folder, 'refused-port.pcap.expected.json'), 'utf8'))
    expect(expected).toMatchObject({ scenario: 'refused-port', seed: 1, ipVersion: 4, forbiddenFrom: 'medium' })
    expect(expected.findings[0]).toMatchObject({ kind: 'tcp-refused', evidence: [2, 4, 6, 8, 10] })
  })

  test('writes the same bytes for the same seed, and others for another', async () => {
    const folder = temporaryFolder()
    for (const [file, seed] of [
      ['a.pcap', '7'],
      ['b.pcap', '7'],
      ['c.pcap', '8'],
    ]) {
      await generate(folder, 'slow-dns', '--ipv6', '--seed', seed, '-o', file)
    }
    const [a, b, c] = ['a', 'b', 'c'].map((name) => readFileSync(join(folder, `${name}.pcap`)))
    expect(a.equals(b)).toBe(true)
    expect(a.equals(c)).toBe(false)
  })

  test.each([
    [[], 2, 'no scenario given'],
    [['no-such-story'], 2, 'no scenario is called no-such-story'],
    [['arp-spoofing', '--ipv6'], 2, 'the scenario arp-spoofing is about IPv4 only'],
    [['slow-dns', '--seed', 'x'], 2, 'expected a whole number'],
    [['slow-dns', '-o', '/dev/null/a.pcap'], 4, 'cannot write'],
  ])('says what is wrong: %s', async (args, code, text) => {
    const { stderr, exitCode } = await generate(temporaryFolder(), ...args)
    expect(exitCode).toBe(code)
    expect(stderr).toContain(text)
    expect(stderr).not.toContain('--no-report')
  })
})
