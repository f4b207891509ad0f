import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { reportSchema } from '@pcap-analyzer/report'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { writeNewFiles } from '../src/analyze/write-report.ts'
import { hostilePcapng, lossyPcap, quietPcap, writeCapture } from './support/captures.ts'
import { runCommand } from './support/run-command.ts'
import { temporaryFolder } from './support/temporary-folder.ts'
import { unsafeCharacters } from './support/unsafe-characters.ts'

const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(reportSchema)

describe('analyze --json', () => {
  test.each([
    ['a capture with findings', lossyPcap()],
    ['a capture without', quietPcap()],
    ['hostile text', hostilePcapng()],
    ['a capture without packets', quietPcap().subarray(0, 24)],
  ])('prints one line that the schema accepts: %s', async (_, bytes) => {
    const folder = temporaryFolder()
    const file = writeCapture(folder, 'a.pcap', bytes)
    const { exitCode, stdout, stderr } = await runCommand(['analyze', '--json', file], { cwd: folder })
    expect(stderr).toBe('')
    expect(exitCode).toBe(0)
    expect(stdout.indexOf('\n')).toBe(stdout.length - 1)
    validate(JSON.parse(stdout))
    expect(validate.errors).toBe(null)
    expect(readdirSync(folder)).toEqual(['a.pcap']) // no report that nobody named
  })

  test('prints the same bytes in another time zone, locale and folder', async () => {
    const file = writeCapture(temporaryFolder(), 'a.pcap', lossyPcap())
    const here = await runCommand(['analyze', '--json', file])
    const there = await runCommand(['analyze', '--json', file], {
      cwd: temporaryFolder(),
      environment: { TZ: 'Asia/Kathmandu', LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' },
    })
    expect(there.stdout).toBe(here.stdout)
  })

  test('escapes what a terminal could obey, and keeps its meaning', async () => {
    const file = writeCapture(temporaryFolder(), 'a.pcapng', hostilePcapng())
    const { stdout } = await runCommand(['analyze', '--json', file])
    expect(stdout).not.toMatch(unsafeCharacters)
    expect(JSON.parse(stdout).capture.interfaces[0].name).toContain('\u202e')
  })

  test('writes the file too when it is named, with the same values', async () => {
    const folder = temporaryFolder()
    const file = writeCapture(folder, 'a.pcap', lossyPcap())
    const { stdout } = await runCommand(['analyze', '--json', '-o', join(folder, 'out/r'), file])
    const written = readFileSync(join(folder, 'out/r.json'), 'utf8')
    expect(written).toBe(`${JSON.stringify(JSON.parse(stdout), null, 2)}\n`)
  })
})

describe('the report file', () => {
  test('has the time in its name and lies in ./reports by default', async () => {
    const folder = temporaryFolder()
    const file = writeCapture(folder, 'a.pcap', lossyPcap())
    const { stdout } = await runCommand(['analyze', file], { cwd: folder })
    const [page, name, ...others] = readdirSync(join(folder, 'reports')).sort()
    expect(others).toEqual([])
    expect(page).toBe(name.replace('.json', '.html'))
    expect(name).toMatch(/^pcap_analysis_\d{8}_\d{6}\.json$/)
    expect(stdout).toContain(`reports/${name}`)
    validate(JSON.parse(readFileSync(join(folder, 'reports', name), 'utf8')))
    expect(validate.errors).toBe(null)
  })

  test('gets no second .json, and replaces an older one of that name', async () => {
    const folder = temporaryFolder()
    const file = writeCapture(folder, 'a.pcap', lossyPcap())
    writeFileSync(join(folder, 'r.json'), 'old')
    await runCommand(['analyze', '-o', 'r.json', file], { cwd: folder })
    expect(readdirSync(folder).sort()).toEqual(['a.pcap', 'r.html', 'r.json'])
    expect(readFileSync(join(folder, 'r.json'), 'utf8')).toContain('pcap-analyzer-report/1')
  })

  test('lies in the folder of the configuration', async () => {
    const folder = temporaryFolder()
    const file = writeCapture(folder, 'a.pcap', lossyPcap())
    writeFileSync(join(folder, 'c.yaml'), 'reports: {output_dir: here}\n')
    await runCommand(['analyze', '-c', 'c.yaml', file], { cwd: folder })
    expect(readdirSync(join(folder, 'here'))).toHaveLength(2)
  })

  test('never replaces a report of the same second', () => {
    const folder = temporaryFolder()
    const now = new Date(2024, 0, 31, 23, 59, 58)
    const [first] = writeNewFiles(folder, now, [{ ending: '.json', content: 'first' }])
    const [second] = writeNewFiles(folder, now, [{ ending: '.json', content: 'second' }])
    expect(readdirSync(folder).sort()).toEqual([
      'pcap_analysis_20240131_235958.json',
      'pcap_analysis_20240131_235958_2.json',
    ])
    expect(readFileSync(first.path, 'utf8')).toBe('first')
    expect(readFileSync(second.path, 'utf8')).toBe('second')
  })

  test('leaves nothing behind when it cannot be written', async () => {
    const folder = temporaryFolder()
    const file = writeCapture(folder, 'a.pcap', lossyPcap())
    mkdirSync(join(folder, 'r.json'))
    const { exitCode } = await runCommand(['analyze', '-o', 'r', file], { cwd: folder })
    expect(exitCode).toBe(4)
    expect(readdirSync(folder).sort()).toEqual(['a.pcap', 'r.json'])
  })
})
