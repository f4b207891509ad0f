import { createHash } from 'node:crypto'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { OperationsLog } from '../src/audit/operations-log.ts'
import type { Check } from '../src/command/outcome.ts'
import { judgeControls } from '../src/report/controls.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startCluster()
  cluster.sql('create database app; create role "app_<script>|x" login')
})
afterAll(() => cluster.stop())

describe('T103 reports and alerts', () => {
  it('say the same in every form, and escape what the database says', async () => {
    const { run, stateFolder, remove } = newCommandLine()
    const doctor = ['doctor', '--url', cluster.url('app'), '--format']
    const json = (await run(...doctor, 'json')).json()
    const failed = json.checks.filter(({ verdict }) => verdict === 'fail').length
    const sarif = JSON.parse((await run(...doctor, 'sarif')).stdout)
    expect(sarif.runs[0].results.filter(({ level }: { level: string }) => level === 'error')).toHaveLength(failed)
    const junit = (await run(...doctor, 'junit')).stdout
    expect(Number(/failures="(\d+)"/.exec(junit)?.[1])).toBe(failed)
    expect(junit).not.toContain('<script>')
    for (const name of ['report.html', 'report.md']) {
      const written = await run('report', 'security', '--url', cluster.url('app'), '--to-file', join(stateFolder, name))
      expect(written.exitCode, written.stderr).toBe(0)
      const text = readFileSync(join(stateFolder, name), 'utf8')
      expect(text).toContain(`${failed} failed`)
      expect(text).not.toContain('app_<script>')
      expect(text).toContain('CIS 4.4')
    }
    const to = join(stateFolder, 'backups')
    await run('backup', 'create', '--url', cluster.url('app'), '--to', to)
    expect((await run('report', 'backup', '--from', to, '--to-file', join(stateFolder, 'b.md'))).exitCode).toBe(0)
    remove()
  })

  it('list every login for a review, what it may do and who answered for it', async () => {
    const { run, stateFolder, remove } = newCommandLine()
    cluster.sql('create role readers; create role reviewed login createdb in role readers')
    cluster.sql('revoke connect on database app from public')
    const until = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10)
    await run('signoff', 'add', 'access.postgres', '--by', 'Ada', '--until', until, '--reason', 'runs the server')
    const path = join(stateFolder, 'access.md')
    const written = await run('report', 'access', '--url', cluster.url('app'), '--to-file', path)
    expect(written.exitCode, written.stderr).toBe(0)
    const text = readFileSync(path, 'utf8')
    const line = (name: string) => text.split('\n').find((one) => one.includes(`access.${name} `)) ?? ''
    expect(line('reviewed')).toMatch(/^\| manual .*makes databases; in readers; enters postgres, template1; 0 session/)
    expect(line('postgres')).toMatch(/^\| pass \| critical .*Ada until/)
    expect(text).not.toContain('app_<script>')
    expect(text).not.toContain('access.readers')
    remove()
  })

  it('map checks to controls, in which what fails is named and what was not asked is no pass', async () => {
    const { run, stateFolder, remove } = newCommandLine()
    onTestFinished(remove)
    const path = join(stateFolder, 'controls.json')
    const ran = await run('report', 'compliance', '--url', cluster.url('app'), '--to-file', path)
    expect(ran.exitCode, ran.stderr).toBe(0)
    const { checks } = JSON.parse(readFileSync(path, 'utf8')) as { checks: Check[] }
    const doctor = (await run('doctor', '--url', cluster.url('app'), '--format', 'json')).json()
    const trust = doctor.checks.filter(({ id, verdict }) => id.startsWith('hba.') && verdict === 'fail')
    expect(trust.length).toBeGreaterThan(0)
    const of = (control: string) => checks.find(({ references }) => references?.includes(control))
    expect(of('ISO 27001 A.5.15')).toMatchObject({ verdict: 'fail', evidence: expect.stringContaining(trust[0].id) })
    expect(of('SOC 2 CC7.2')?.evidence).toMatch(/manual|skipped|warn/)
    expect(judgeControls([]).every(({ verdict }) => verdict === 'skipped')).toBe(true)
    const one = { title: '', tier: 'critical', evidence: '' } as const
    const judged = judgeControls([
      { ...one, id: 'tls.a', verdict: 'pass' },
      { ...one, id: 'manual.alerts', verdict: 'manual' },
      { ...one, id: 'audit.intact', verdict: 'pass' },
    ])
    const verdictOf = (control: string) => judged.find(({ references }) => references?.includes(control))?.verdict
    expect([verdictOf('SOC 2 CC6.7'), verdictOf('SOC 2 CC7.2')]).toEqual(['pass', 'manual'])
  })

  it('tell sizes and what they grew by, as a table that no spreadsheet runs', async () => {
    let now = new Date('2026-11-01T00:00:00Z')
    const { run, stateFolder, remove } = newCommandLine({}, () => now)
    onTestFinished(remove)
    cluster.sql('create table "=1+2" as select 1 as n', 'app')
    const report = async (name: string, ...more: string[]) => {
      const path = join(stateFolder, name)
      const ran = await run('report', 'capacity', '--url', cluster.url('app'), '--to-file', path, ...more)
      expect(ran.exitCode, ran.stderr).toBe(0)
      return readFileSync(path, 'utf8')
    }
    expect(await report('one.csv')).toMatch(/^verdict,tier,check,what,evidence,controls\r\n/)
    cluster.sql('create table grown as select md5(n::text) from generate_series(1, 50000) n', 'app')
    now = new Date('2026-11-11T00:00:00Z')
    const second = await report('two.csv')
    expect(second).toMatch(/database app,"\d+ bytes, [1-9]\d{5,} more since 2026-11-01, [1-9]\d+ a day"/)
    expect(second).not.toMatch(/(^|,)"?=/m)
    now = new Date('2026-11-21T00:00:00Z')
    expect(await report('month.csv', '--period', '15')).toMatch(
      /database app,"\d+ bytes, [1-9]\d{5,} more since 2026-11-01/,
    )
    expect(await report('week.csv', '--period', '7')).toMatch(/database app,"?\d+ bytes, -?\d+ more since 2026-11-11/)
    expect((await run('report', 'capacity', '--url', cluster.url('app'), '--to-file', 'x.pdf')).exitCode).toBe(2)
    const again = ['--to-file', join(stateFolder, 'two.csv')]
    expect((await run('report', 'capacity', '--url', cluster.url('app'), ...again)).exitCode).toBe(7)
  })

  it('tell what was done, who read which secret, and what is unlike the time before', async () => {
    let now = new Date('2026-11-01T00:00:00Z')
    const { run, stateFolder, remove } = newCommandLine({}, () => now)
    onTestFinished(remove)
    await run('journal')
    now = new Date('2026-11-20T00:00:00Z')
    const log = new OperationsLog({ folder: join(stateFolder, 'audit'), now: () => now })
    const read = {
      command: 'secrets get',
      target: null,
      outcome: 'ok',
      exitCode: 0,
      reason: null,
      durationMs: 1,
    } as const
    await log.append({ ...read, details: { secret: 'db-password', version: '3' } })
    await log.append({ ...read, command: 'rotate run', outcome: 'refused', exitCode: 7, reason: 'not alike' })
    now = new Date('2026-11-21T00:00:00Z')
    const evidence = join(stateFolder, 'ticket.txt')
    writeFileSync(evidence, 'looked at')
    const path = join(stateFolder, 'week.md')
    const ran = await run('report', 'activity', '--period', '7', '--to-file', path, '--attach', evidence)
    expect(ran.exitCode, ran.stderr).toBe(0)
    const text = readFileSync(path, 'utf8')
    expect(text).toMatch(/activity.secret-read .*db-password version 3 by secrets get/)
    expect(text).toMatch(/\| warn .*activity.new-command .*secrets get, rotate run/)
    expect(text).toMatch(/\| warn .*activity.refused .*not alike/)
    expect(text).toContain(`SHA-256 ${createHash('sha256').update('looked at').digest('hex')}`)
    expect(text).toContain('Reviewed by')
    const next = join(stateFolder, 'next.md')
    await run('report', 'activity', '--period', '1', '--to-file', next)
    expect(readFileSync(next, 'utf8')).toContain('since 2026-11-21T00:00:00.000Z')
  })
})

describe('tools that a site uses instead', () => {
  it('are asked for their newest backup; one that is missing is skipped, unless it must be there', async () => {
    const folder = scratchFolder()
    const program = (name: string, output: string) => {
      writeFileSync(join(folder, name), `#!/bin/sh\ncat <<'X'\n${output}\nX\n`)
      chmodSync(join(folder, name), 0o755)
    }
    const { run, remove } = newCommandLine({ PATH: `${folder}:/bin` })
    expect((await run('backup', 'audit')).exitCode).toBe(0)
    expect((await run('backup', 'audit', '--tool', 'barman')).exitCode).toBe(1)
    const fresh = Math.floor(Date.now() / 1000) - 3600
    program(
      'pgbackrest',
      JSON.stringify([{ name: 'main', status: { code: 0, message: 'ok' }, backup: [{ timestamp: { stop: fresh } }] }]),
    )
    program('wal-g', JSON.stringify([{ time: new Date(Date.now() - 90 * 3_600_000).toISOString() }]))
    const audited = await run('backup', 'audit', '--format', 'json')
    expect(audited.exitCode).toBe(1)
    expect(audited.json().checks.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual([
      'backup.pgbackrest pass',
      'backup.barman skipped',
      'backup.wal-g fail',
    ])
    remove()
  })
})
