import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { newIdentity } from '../src/backup/recipients.ts'
import { clusterOfTest } from './support/cluster.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'

describe('T59 backup status', () => {
  it('holds what was achieved against the objectives, and tells what failed or is unusual', async () => {
    const cluster = await clusterOfTest()
    cluster.sql('create table app (line text); insert into app select md5(n::text) from generate_series(1, 2000) n')
    const { run, stateFolder, remove } = newCommandLine()
    const to = scratchFolder()
    const verdicts = async (...words: string[]) => {
      const ran = await run('backup', 'status', '--from', to, '--format', 'json', ...words)
      return [ran.exitCode, Object.fromEntries(ran.json().checks.map(({ id, verdict }) => [id, verdict]))] as const
    }
    expect((await verdicts())[1]).toMatchObject({
      'backup.rpo': 'fail',
      'backup.rto': 'warn',
      'backup.success': 'skipped',
    })
    const create = () => run('backup', 'create', '--url', cluster.url(), '--to', to, '--globals', 'none')
    for (let count = 0; count < 4; count++) expect((await create()).exitCode).toBe(0)
    await run('backup', 'drill', '--from', to, '--url', cluster.url())
    const [exitCode, fine] = await verdicts()
    expect([exitCode, fine]).toEqual([
      0,
      expect.objectContaining({
        'backup.rpo': 'pass',
        'backup.rto': 'pass',
        'backup.drill': 'pass',
        'backup.success': 'pass',
        'backup.size': 'pass',
      }),
    ])
    expect((await verdicts('--rpo-hours', '0'))[0]).toBe(1)
    cluster.sql('truncate app')
    await create()
    expect((await verdicts())[1]).toMatchObject({ 'backup.size': 'warn' })
    await run('backup', 'create', '--url', 'postgresql://a@127.0.0.1:1/b?sslmode=disable', '--to', to)
    expect(await verdicts()).toEqual([1, expect.objectContaining({ 'backup.success': 'fail' })])
    await create()
    expect((await verdicts())[1]).toMatchObject({ 'backup.success': 'warn' })
    // a drill that took too long
    const drills = join(stateFolder, 'drills')
    const [name] = readdirSync(drills)
    const evidence = JSON.parse(readFileSync(join(drills, name), 'utf8'))
    writeFileSync(join(drills, name), JSON.stringify({ ...evidence, recoveryTimeMs: 3_600_000 }))
    expect((await verdicts())[1]).toMatchObject({ 'backup.rto': 'fail' })
    const prom = await run('backup', 'status', '--from', to, '--format', 'prom')
    expect(prom.stdout).toContain('dbops_backup_recovery_time_minutes 60')
    remove()
  })
})

describe('T56 backup key-check', () => {
  it('says which backups a key opens, before the day it is needed', async () => {
    const cluster = await clusterOfTest()
    const { run, remove } = newCommandLine()
    const folder = scratchFolder()
    const to = join(folder, 'backups')
    const [ours, lost] = [newIdentity(), newIdentity()]
    const key = join(folder, 'key')
    writeFileSync(key, ours.privateKeyPem.reveal(), { mode: 0o600 })
    const create = (recipient: string) =>
      run('backup', 'create', '--url', cluster.url(), '--to', to, '--globals', 'none', '--recipient', recipient)
    await create(ours.recipient)
    const check = () => run('backup', 'key-check', '--from', to, '--identity', key)
    expect((await check()).exitCode).toBe(0)
    await create(lost.recipient)
    expect(await check()).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('1 of 2 backup(s) open') })
    remove()
  })
})
