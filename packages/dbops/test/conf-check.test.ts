import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newCommandLine } from './support/command.ts'

let cluster: TestCluster
const { run, remove } = newCommandLine()
beforeAll(async () => {
  cluster = await startCluster()
})
afterAll(async () => {
  remove()
  await cluster.stop()
})

const apply = (sets: readonly string[], ...more: string[]) =>
  run('conf', 'apply', ...sets.flatMap((set) => ['--set', set]), '--url', cluster.url(), ...more)
const written = () => cluster.sql("select count(*) from pg_file_settings where sourcefile ~ 'auto.conf$'")

describe('T34 settings read by the program of the server before they are set', () => {
  it.each([
    ['work_mem=much', /work_mem.*much/],
    ['work_mem=8 bananas', /Valid units/],
    ['max_connections=0', /outside.*max_connections/],
    ['wal_level=all', /wal_level.*Available values/],
    ['no_such_setting=1', /no_such_setting/],
    ['block_size=4096', /block_size.*cannot be changed/],
  ])('are refused for wrong words, and so are those beside them: %s', async (bad, words) => {
    for (const more of [[], ['--apply']])
      expect(await apply(['log_connections=on', bad], ...more)).toMatchObject({
        exitCode: 2,
        stderr: expect.stringMatching(words),
      })
    expect([written(), cluster.sql('show log_connections')]).toEqual(['0', 'off'])
  })

  it('are said to be checked, in the plan and when they are set', async () => {
    const set = ["log_line_prefix=%m 'a' \\ %u"]
    expect(await apply(set)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('-- checked by postgres -C'),
    })
    expect(await apply(set, '--apply')).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('checked by') })
    expect(cluster.sql('show log_line_prefix')).toBe("%m 'a' \\ %u".trim())
    cluster.sql('alter system reset all')
  })

  it('are said to be unchecked where the files are of another server, and to a role that may not see where they are', async () => {
    cluster.sql('create role narrow login; create database far')
    const narrow = await run('conf', 'apply', '--set', 'work_mem=8MB', '--url', cluster.url('postgres', 'narrow'))
    expect(narrow.stdout).toContain('not checked by postgres -C: this role may not see')
    // a server elsewhere with the same paths: it gives another number
    cluster.sql(
      'create function public.pg_control_system(out system_identifier bigint) language sql as $$ select 7::bigint $$; alter database far set search_path = public, pg_catalog',
      'far',
    )
    const words = [
      'conf',
      'apply',
      '--set',
      'log_connections=on',
      '--set',
      'work_mem=much',
      '--url',
      cluster.url('far'),
    ]
    const planned = await run(...words)
    expect(planned).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('postgres -C: not local') })
    // the server itself refuses it then, and what was set before it is taken back
    const applied = await run(...words, '--apply')
    expect(applied).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('not checked by postgres -C') })
    expect([written(), cluster.sql('show log_connections')]).toEqual(['0', 'off'])
  })
})
