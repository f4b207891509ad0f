import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const program = join(import.meta.dirname, '../bin/pcap-analyzer.js')
const folder = mkdtempSync(join(tmpdir(), 'pcap-db-'))
afterAll(() => rmSync(folder, { recursive: true }))

function db(...words: string[]) {
  const environment = { PATH: process.env.PATH, DATABASE_URL: `sqlite:///${join(folder, 'service.db')}` }
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'db', ...words], {
    env: environment,
    encoding: 'utf8',
  })
  return { status, stdout: stdout.trim(), stderr }
}

describe('the command db', () => {
  it('walks the schema up and down, as the guides say', () => {
    expect(db('current').stdout).toBe('(empty)')
    expect(db('upgrade', '+1').stdout).toBe('applied 001_initial_schema')
    expect(db('upgrade', 'head').stdout.split('\n')).toContain('applied 004_add_indexes')
    expect(db('upgrade').stdout).toBe('nothing to do')
    const head = db('current').stdout
    expect(db('downgrade', '-1').stdout).toBe(`took back ${head}`)
    expect(db('stamp', 'head').stdout).toBe(`the database counts as ${head}`)
    expect(db('history', '--verbose').stdout).toContain('tenants (4.24)')
  })

  it('says what it cannot do', () => {
    expect(db('nonsense')).toMatchObject({ status: 2, stderr: expect.stringContaining('choose one of current') })
    expect(db('assign-orphans')).toMatchObject({
      status: 4,
      stderr: expect.stringContaining('there is no administrator'),
    })
    expect(db('migrate-data')).toMatchObject({ status: 2, stderr: expect.stringContaining('--sqlite-url is missing') })
    expect(db('stamp', 'x')).toMatchObject({ status: 2 })
  })
})
