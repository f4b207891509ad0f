import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { exitCodeOf } from '../src/exit-codes.ts'
import { lossyPcap, quietPcap, writeCapture } from './support/captures.ts'
import { runCommand } from './support/run-command.ts'
import { temporaryFolder } from './support/temporary-folder.ts'

describe('exit codes', () => {
  test('is 0 for an analysis with findings, when none is asked to fail it', async () => {
    const file = writeCapture(temporaryFolder(), 'a.pcap', lossyPcap())
    const { exitCode, stderr } = await runCommand(['analyze', '--no-report', file])
    expect(stderr).toBe('')
    expect(exitCode).toBe(0)
  })

  test('is 1 for a finding at or above --fail-on, 0 when all are below', async () => {
    const file = writeCapture(temporaryFolder(), 'a.pcap', lossyPcap())
    expect((await runCommand(['analyze', '--no-report', '--fail-on', 'low', file])).exitCode).toBe(1)
    expect((await runCommand(['analyze', '--no-report', '--fail-on=critical', file])).exitCode).toBe(0)
  })

  test('is 0 with a warning for a capture that is cut short', async () => {
    const folder = temporaryFolder()
    const whole = lossyPcap()
    const file = writeCapture(folder, 'cut.pcap', whole.subarray(0, whole.length - 10))
    const summary = await runCommand(['analyze', '--no-report', file])
    expect(summary.exitCode).toBe(0)
    expect(summary.stdout).toMatch(/cut\.pcap is truncated: read up to byte \d+, frame 7/)
    const quiet = await runCommand(['analyze', '--no-report', '--quiet', file])
    expect(quiet.exitCode).toBe(0)
    expect(quiet.stdout).toBe('')
    expect(quiet.stderr).toMatch(/^pcap-analyzer: warning: cut\.pcap is truncated/)
  })

  test.each([
    ['an unknown command', ['analyse', 'a.pcap'], 'Did you mean analyze'],
    ['an unknown option', ['analyze', '--jsn', 'a.pcap'], 'Did you mean --json'],
    ['no file', ['analyze'], "missing required argument 'file'"],
    ['too many files', ['facts', 'a', 'b'], 'too many arguments'],
    ['no command', [], 'no command given'],
    ['a file instead of a command', ['a.pcap'], 'hint: pcap-analyzer analyze a.pcap'],
    ['a negative latency', ['analyze', '-l', '-1', 'a.pcap'], 'above 0'],
    ['an unknown severity', ['analyze', '--fail-on', 'bad', 'a.pcap'], 'expected one of info, low'],
    ['a file named twice', ['analyze', 'a.pcap', 'a.pcap'], 'a.pcap is named twice'],
    ['a configuration that is not there', ['analyze', '-c', 'none.yaml', 'a.pcap'], 'cannot read the configuration'],
    ['an unknown shell', ['completion', 'tcsh'], 'tcsh'],
  ])('is 2 for %s', async (_, args, message) => {
    const { exitCode, stdout, stderr } = await runCommand(args)
    expect(stderr).toContain(message)
    expect(stdout).toBe('')
    expect(exitCode).toBe(2)
  })

  test.each([
    ['a file that is not there', 'none.pcap', 'there is no such file'],
    ['a folder', '.', 'is a folder'],
    ['a file of another kind', 'photo.png', 'PNG'],
    ['an empty file', 'empty.pcap', 'empty'],
    ['a pattern that matches nothing', '*.cap', 'no file matches *.cap'],
    ['a decompression bomb', 'bomb.pcap.gz', '--allow-large-expansion'],
  ])('is 3 for %s', async (_, name, message) => {
    const folder = temporaryFolder()
    writeCapture(folder, 'photo.png', Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13]))
    writeCapture(folder, 'empty.pcap', new Uint8Array(0))
    if (name.startsWith('bomb')) {
      const bomb = new Uint8Array(24 + (40 << 20))
      bomb.set(quietPcap().subarray(0, 24))
      writeCapture(folder, name, gzipSync(bomb))
    }
    const { exitCode, stdout, stderr } = await runCommand(['analyze', name], { cwd: folder })
    expect(stderr).toContain(message)
    expect(stderr).toMatch(/^pcap-analyzer: error: [^\n]+\n(hint: [^\n]+\n)?$/)
    expect(stdout).toBe('')
    expect(exitCode).toBe(3)
  })

  test('is 4 when the report cannot be written', async () => {
    const folder = temporaryFolder()
    const file = writeCapture(folder, 'a.pcap', quietPcap())
    writeFileSync(join(folder, 'taken'), '')
    const { exitCode, stderr } = await runCommand(['analyze', '-o', 'taken/report', file], { cwd: folder })
    expect(stderr).toMatch(
      /^pcap-analyzer: error: cannot write taken\/report\.json: a file is where a folder is needed\nhint: /,
    )
    expect(exitCode).toBe(4)
  })

  test('is 4 when tshark is missing', async () => {
    const folder = temporaryFolder()
    const file = writeCapture(folder, 'a.pcap', quietPcap())
    const { exitCode, stderr } = await runCommand(['facts', '--compare-tshark', file], {
      environment: { PATH: folder },
    })
    expect(stderr).toContain('tshark cannot be run')
    expect(exitCode).toBe(4)
  })

  test.skipIf(process.getuid?.() === 0)('is 3 when the capture may not be read', async () => {
    const folder = temporaryFolder()
    const file = writeCapture(folder, 'a.pcap', quietPcap())
    chmodSync(file, 0)
    expect((await runCommand(['analyze', '--no-report', file])).exitCode).toBe(3)
  })

  test('is 4 for what nobody foresaw', () => {
    expect(exitCodeOf(new TypeError('x is not a function'))).toBe(4)
    expect(exitCodeOf(undefined)).toBe(4)
  })

  test('keeps going when a folder has the name of the default report folder', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'reports'))
    const file = writeCapture(folder, 'a.pcap', quietPcap())
    expect((await runCommand(['analyze', file], { cwd: folder })).exitCode).toBe(0)
  })
})
