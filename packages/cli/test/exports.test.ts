import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { forms } from '@pcap-analyzer/report'
import { describe, expect, test } from 'vitest'
import { formatWords } from '../src/commands/shared-options.ts'
import { lossyPcap, writeCapture } from './support/captures.ts'
import { runCommand } from './support/run-command.ts'
import { temporaryFolder } from './support/temporary-folder.ts'

describe('--format', () => {
  test('names every form that there is, and those that only a capture gives', () => {
    expect([...formatWords].sort()).toEqual([...forms.map(({ id }) => id), 'parquet', 'zeek'].sort())
  })

  test('writes every form into the folder', async () => {
    const folder = temporaryFolder()
    const file = writeCapture(folder, 'a.pcap', lossyPcap())
    const out = join(folder, 'out')
    const { exitCode, stderr } = await runCommand([
      'analyze',
      file,
      '--no-report',
      '-q',
      '--export-dir',
      out,
      '--format',
      'all',
    ])
    expect(stderr).toBe('')
    expect(exitCode).toBe(0)
    const names = readdirSync(out).sort()
    expect(names).toEqual([
      'conn.log',
      'csv',
      'dns.log',
      'http.log',
      'junit.xml',
      'metrics.txt',
      'parquet',
      'report.html',
      'report.json',
      'report.md',
      'report.sarif',
      'ssl.log',
    ])
    expect(readdirSync(join(out, 'csv'))).toContain('classified_flows.csv')
    expect(readdirSync(join(out, 'parquet'))).toContain('transactions.parquet')
  })

  test('without it --export-dir writes what the original wrote', async () => {
    const folder = temporaryFolder()
    const file = writeCapture(folder, 'a.pcap', lossyPcap())
    await runCommand(['analyze', file, '--no-report', '-q', '--export-dir', join(folder, 'out')])
    expect(readdirSync(join(folder, 'out')).sort()).toEqual(['csv', 'report.html'])
  })

  test('says what it leaves out of a capture that can be read only once', async () => {
    const out = join(temporaryFolder(), 'out')
    const { stderr, exitCode } = await runCommand(['analyze', '-', '--no-report', '-q', '--export-csv', out], {
      input: lossyPcap(),
    })
    expect(exitCode).toBe(0)
    expect(stderr).toContain('complete CSV lists are left out')
    expect(readdirSync(out)).toContain('findings.csv')
  })

  test('says when --no-report takes back what --output asks for, and writes nothing', async () => {
    const folder = temporaryFolder()
    const file = writeCapture(folder, 'a.pcap', lossyPcap())
    const base = join(folder, 'base')
    const { exitCode, stderr } = await runCommand(['analyze', file, '--no-report', '-o', base])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('--output and --no-report contradict each other')
    expect(existsSync(`${base}.json`)).toBe(false)
  })

  test('needs a place', async () => {
    const { exitCode, stderr } = await runCommand(['analyze', 'a.pcap', '--format', 'csv'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('--export-dir')
  })
})

describe('report', () => {
  test('makes later, without the capture, what analyze makes', async () => {
    const folder = temporaryFolder()
    const file = writeCapture(folder, 'a.pcap', lossyPcap())
    await runCommand([
      'analyze',
      file,
      '-q',
      '-o',
      join(folder, 'r'),
      '--export-dir',
      join(folder, 'now'),
      '--format',
      'markdown,html,sarif',
    ])
    const { exitCode } = await runCommand([
      'report',
      join(folder, 'r.json'),
      '--export-dir',
      join(folder, 'later'),
      '--format',
      'markdown,html,sarif',
    ])
    expect(exitCode).toBe(0)
    for (const name of readdirSync(join(folder, 'now'))) {
      expect(readFileSync(join(folder, 'later', name), 'utf8'), name).toBe(
        readFileSync(join(folder, 'now', name), 'utf8'),
      )
    }
    expect(readFileSync(join(folder, 'r.html'), 'utf8')).toBe(readFileSync(join(folder, 'now/report.html'), 'utf8'))
  })

  test('says what a report does not hold, and how to have it', async () => {
    const folder = temporaryFolder()
    const file = writeCapture(folder, 'a.pcap', lossyPcap())
    await runCommand(['analyze', file, '-q', '-o', join(folder, 'r')])
    const refused = await runCommand([
      'report',
      join(folder, 'r.json'),
      '--format',
      'zeek',
      '--export-dir',
      join(folder, 'z'),
    ])
    expect(refused.exitCode).toBe(2)
    expect(refused.stderr).toContain('--capture')
    const made = await runCommand([
      'report',
      join(folder, 'r.json'),
      '--format',
      'zeek',
      '--export-dir',
      join(folder, 'z'),
      '--capture',
      file,
    ])
    expect(made.exitCode).toBe(0)
    expect(existsSync(join(folder, 'z/conn.log'))).toBe(true)
  })

  test('speaks another language later, in the very bytes that analyze writes in it', async () => {
    const folder = temporaryFolder()
    const file = writeCapture(folder, 'a.pcap', lossyPcap())
    await runCommand(['analyze', file, '-q', '-o', join(folder, 'en')])
    await runCommand(['analyze', file, '-q', '--lang', 'fr', '-o', join(folder, 'fr')])
    for (const [from, to] of [
      ['en', 'fr'],
      ['fr', 'en'],
    ]) {
      const told = await runCommand(['report', join(folder, `${from}.json`), '--lang', to, '--format', 'json'])
      expect(told.stdout).toBe(readFileSync(join(folder, `${to}.json`), 'utf8'))
    }
  })

  test('refuses what is no report with exit code 3', async () => {
    const folder = temporaryFolder()
    const file = writeCapture(folder, 'a.pcap', lossyPcap())
    const { exitCode, stderr } = await runCommand(['report', file, '--format', 'markdown'])
    expect(exitCode).toBe(3)
    expect(stderr).not.toContain('unexpected')
  })
})

describe('verify, evidence and filter', () => {
  test('verify ends with 0 when identical and with 1 when not', async () => {
    const folder = temporaryFolder()
    const file = writeCapture(folder, 'a.pcap', lossyPcap())
    await runCommand(['analyze', file, '-q', '-o', join(folder, 'r')])
    expect(await runCommand(['verify', join(folder, 'r.json'), file])).toMatchObject({ exitCode: 0 })
    const bytes = lossyPcap()
    bytes[bytes.length - 1] ^= 1
    const changed = writeCapture(folder, 'b.pcap', bytes)
    const { exitCode, stdout } = await runCommand(['verify', join(folder, 'r.json'), changed])
    expect(exitCode).toBe(1)
    expect(stdout).toContain('bytes of the capture')
  })

  test('evidence writes what filter finds again', async () => {
    const folder = temporaryFolder()
    const file = writeCapture(folder, 'a.pcap', lossyPcap())
    const { exitCode } = await runCommand([
      'evidence',
      file,
      '--finding',
      'tcp-retransmissions',
      '-o',
      join(folder, 'e.pcapng'),
    ])
    expect(exitCode).toBe(0)
    const of = async (path: string) => (await runCommand(['filter', '--count', path, 'tcp.len == 1000'])).stdout
    expect(await of(join(folder, 'e.pcapng'))).toBe('1\n')
    expect(await of(file)).toBe('3\n')
  })

  test('a wrong filter ends with 2 before anything is read', async () => {
    const { exitCode, stderr } = await runCommand(['filter', 'nowhere.pcap', 'tcp.prot == 80'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('did you mean tcp.port')
  })
})
