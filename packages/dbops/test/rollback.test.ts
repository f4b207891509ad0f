import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectServer, parseConnection, withServer } from '@pcap-analyzer/dbops'
import { afterAll, describe, expect, it } from 'vitest'
import { readRoleState } from '../src/roles/role-state.ts'
import { undoRoles } from '../src/roles/undo-roles.ts'
import { inspectServer } from '../src/tls/inspect-server.ts'
import { clusterOfTest } from './support/cluster.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'

const { run, stateFolder, remove } = newCommandLine()
afterAll(remove)

const idOf = (ran: { json(): { data: unknown } }): string => (ran.json().data as { id: string }).id

describe('T102 rollback of roles and grants', () => {
  it('brings back every right, owner and attribute, and can itself be undone', async () => {
    const cluster = await clusterOfTest()
    cluster.sql(
      'create database app; create role app_migrator login createdb connection limit 3; create role reader login; alter role app_migrator set work_mem = 8192',
    )
    cluster.sql(
      'create schema app; grant usage on schema app to public; create table app.t (n int); create function app.f() returns int language sql as $$ select 1 $$; grant select on app.t to reader; grant all on app.t to public; alter table app.t owner to app_migrator',
      'app',
    )
    const file = join(scratchFolder(), 'roles.yaml')
    writeFileSync(file, 'database: app\nschemas: [app]\n')
    const state = () => withServer(parseConnection(cluster.url('app')), (client) => readRoleState(client, ['app']))
    const before = await state()
    const applied = await run(
      'roles',
      'apply',
      '--url',
      cluster.url('app'),
      '--file',
      file,
      '--apply',
      '--format',
      'json',
    )
    expect([applied.exitCode, applied.stderr]).toEqual([0, ''])
    const between = await state()
    expect(undoRoles(between, before).statements.length).toBeGreaterThan(5)
    const back = ['rollback', 'to', idOf(applied), '--url', cluster.url('app'), '--format', 'json']
    expect((await run(...back)).exitCode).toBe(0)
    const show = (...more: string[]) =>
      run('rollback', 'show', idOf(applied), '--url', cluster.url('app'), '--format', 'json', ...more)
    expect([(await show()).exitCode, (await show('--rehearse')).json().data]).toEqual([
      0,
      expect.objectContaining({ rehearsal: [expect.stringMatching(/^\d+ statement\(s\) ran and were rolled back$/)] }),
    ])
    expect(await state()).toEqual(between) // a plan and a rehearsal change nothing
    const undone = await run(...back, '--apply')
    expect([undone.exitCode, undone.stderr]).toEqual([0, ''])
    expect(undoRoles(await state(), before).statements).toEqual([])
    expect(
      await withServer(parseConnection(cluster.url('app', 'reader')), (client) =>
        client.query('select * from app.t').then(() => 'read'),
      ),
    ).toBe('read')
    const again = await run('rollback', 'to', idOf(undone), '--url', cluster.url('app'), '--apply', '--format', 'json')
    expect([again.exitCode, undoRoles(await state(), between).statements]).toEqual([0, []])
    // who was made by the change cannot log in after it was taken back
    await run('rollback', 'to', idOf(again), '--url', cluster.url('app'), '--apply')
    await expect(connectServer(parseConnection(cluster.url('app', 'app_app_a')))).rejects.toMatchObject({
      code: 'AUTHENTICATION_FAILED',
    })
    cluster.sql('alter role app_migrator rename to gone')
    expect((await show('--rehearse')).exitCode).not.toBe(0) // the server says what stands against it
  })
})

describe('T102 rollback of a certificate', () => {
  it('brings the old pair back, proven by a handshake; its key lies where only we may read', async () => {
    const cluster = await clusterOfTest()
    const folder = scratchFolder()
    const url = `postgresql://postgres@localhost:${cluster.port}/postgres`
    await run('tls', 'ca-init', '--ca', join(folder, 'ca'))
    for (const name of ['one', 'two'])
      await run(
        'tls',
        'issue',
        '--ca',
        join(folder, 'ca'),
        '--name',
        'localhost',
        '--host',
        'localhost',
        '--to',
        join(folder, name),
      )
    const install = async (name: string) =>
      await run(
        'tls',
        'install',
        '--from',
        join(folder, name),
        '--host',
        'localhost',
        '--url',
        url,
        '--apply',
        '--format',
        'json',
      )
    const serial = async () => (await inspectServer(parseConnection(url), new Date())).serial
    expect((await install('one')).exitCode).toBe(0)
    const first = await serial()
    const second = await install('two')
    expect([second.exitCode, (await serial()) === first]).toEqual([0, false])
    const undone = await run('rollback', 'to', idOf(second), '--url', url, '--apply', '--format', 'json')
    expect([undone.exitCode, await serial()]).toEqual([0, first])
    const kept = JSON.parse(readFileSync(join(stateFolder, 'journal', `${idOf(second)}.json`), 'utf8')) as {
      payload: { before: string }
    }
    expect(statSync(join(kept.payload.before, 'server.key')).mode & 0o077).toBe(0)
    expect(JSON.stringify(kept)).not.toContain('PRIVATE KEY')
  })
})
