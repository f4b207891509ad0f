import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { clusterOfTest } from './support/cluster.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'

describe('hooks around a backup', () => {
  it('run before the snapshot and after the dump, stand in the manifest, and end with 8 when one fails', async () => {
    const cluster = await clusterOfTest()
    cluster.sql('create table t (n int)')
    const { run, remove } = newCommandLine({ PGPASSWORD: 'canary-of-hooks' })
    const folder = scratchFolder()
    const to = join(folder, 'to')
    const trace = join(folder, 'trace')
    const create = (url: string, ...words: string[]) =>
      run('backup', 'create', '--url', url, '--to', to, '--format', 'json', ...words)
    const insert = `${cluster.binaries}/psql -h ${cluster.socketFolder} -p ${cluster.port} -U postgres -qc "insert into t values (1)"`
    const hooks = ['--before', `env > ${trace}; ${insert}`, '--after', `echo after >> ${trace}`]
    const fine = await create(cluster.url(), ...hooks)
    expect(fine.exitCode, fine.stderr).toBe(0)
    // what the hook wrote is in the backup: it ran before the snapshot
    expect(fine.json().data).toMatchObject({
      rows: 1,
      hooks: [expect.stringMatching(/^before: .*: ok$/s), expect.any(String)],
    })
    expect(readFileSync(trace, 'utf8')).toMatch(/after\n$/)
    expect(readFileSync(trace, 'utf8')).not.toContain('canary-of-hooks')
    const failed = await create(cluster.url(), '--before', 'echo cannot >&2; exit 4', '--after', 'true')
    expect([failed.exitCode, failed.json().summary]).toEqual([8, expect.stringContaining('1 hook(s) failed')])
    const [newest] = readdirSync(to).filter(
      (name) => name !== '.lock' && name === (failed.json().data as { id: string }).id,
    )
    const manifest = JSON.parse(readFileSync(join(to, newest, 'manifest.json'), 'utf8'))
    expect(manifest.hookResults).toEqual(['before: echo cannot >&2; exit 4: ended with 4: cannot', 'after: true: ok'])
    expect((await run('backup', 'verify', '--from', to, '--all')).exitCode).toBe(0)
    remove()
  })

  it('after a failure are run too; where nothing was begun, none is', async () => {
    const cluster = await clusterOfTest()
    const { run, remove } = newCommandLine()
    const folder = scratchFolder()
    const [before, after] = [join(folder, 'before'), join(folder, 'after')]
    const hooks = ['--before', `touch ${before}`, '--after', `touch ${after}`]
    const to = ['--to', join(folder, 'to')]
    cluster.sql('create role nobody login; create table secret (n int)')
    expect(
      (await run('backup', 'create', '--url', cluster.url('postgres', 'nobody'), ...to, ...hooks)).exitCode,
    ).not.toBe(0)
    expect([existsSync(before), existsSync(after)]).toEqual([false, false])
    // the hook takes away what the dump needs
    const breaking = ['--before', `rm -rf ${join(folder, 'to')}; touch ${before}`, '--after', `touch ${after}`]
    expect((await run('backup', 'create', '--url', cluster.url(), ...to, ...breaking)).exitCode).not.toBe(0)
    expect([existsSync(before), existsSync(after)]).toEqual([true, true])
    remove()
  })
})
