import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clusterOfTest } from './support/cluster.ts'
import { newCommandLine } from './support/command.ts'

let cluster: TestCluster
const { run, remove } = newCommandLine()
beforeAll(async () => {
  cluster = await startCluster()
  cluster.run('sh', [
    '-c',
    `mkdir '${cluster.dataFolder}/conf.d' && echo "include_dir = 'conf.d'" >> '${cluster.dataFolder}/postgresql.conf'`,
  ])
  cluster.reload()
})
afterAll(async () => {
  remove()
  await cluster.stop()
})

const apply = async (sets: readonly string[], ...more: string[]) => {
  const words = ['conf', 'apply', ...sets.flatMap((set) => ['--set', set]), '--url', cluster.url(), '--format', 'json']
  const ran = await run(...words, ...more)
  return { ...ran, data: ran.json().data as { id: string; changed: string[]; memory: { arithmetic: string } | null } }
}
const NAME = '90-dbops.conf'
const written = () => join(cluster.dataFolder, 'conf.d', NAME)

describe('T34 settings in a file of include_dir', () => {
  it('are written, count, are kept with those before, and are taken back', async () => {
    const file = ['--file', NAME, '--apply']
    const plan = await run('conf', 'apply', '--set', 'log_connections=on', '--file', NAME, '--url', cluster.url())
    expect([plan.stdout, existsSync(written())]).toEqual([expect.stringContaining(`-- in ${NAME}`), false])
    const prefix = "%m 'a' \\ %u"
    const first = await apply([`log_line_prefix=${prefix}`, 'TimeZone=Asia/Kolkata'], ...file)
    expect([first.exitCode, first.data.changed], first.stderr).toEqual([0, ['log_line_prefix', 'TimeZone']])
    expect([cluster.sql('show log_line_prefix'), cluster.sql('show timezone')]).toEqual([prefix, 'Asia/Kolkata'])
    expect(cluster.sql("select count(*) from pg_file_settings where sourcefile ~ 'auto.conf$'")).toBe('0')
    const second = await apply(['max_connections=55', 'log_connections=on'], ...file)
    expect(second.stdout).toContain('max_connections wait(s) for a restart')
    expect(cluster.sql("select count(*) from pg_file_settings where sourcefile ~ '90-dbops.conf$'")).toBe('4')
    expect((await apply(['max_connections=55', 'log_connections=on'], ...file)).data.changed).toEqual([])
    const show = await run('rollback', 'show', second.data.id, '--url', cluster.url())
    expect([show.exitCode, show.stdout]).toEqual([0, expect.stringContaining('-- without log_connections')])
    const back = await run('rollback', 'to', second.data.id, '--url', cluster.url(), '--apply')
    expect(back.exitCode, back.stderr).toBe(0)
    expect([cluster.sql('show log_connections'), cluster.sql('show log_line_prefix')]).toEqual(['off', prefix])
    expect(readFileSync(written(), 'utf8').match(/^\w+ = /gm)).toHaveLength(2)
    await cluster.restart()
    expect(cluster.sql('show log_line_prefix')).toBe(prefix)
  })

  it('are refused, and the file from before is back, where another place overrules them or a line would be lost', async () => {
    await apply(['log_duration=off'], '--file', NAME, '--apply')
    const before = readFileSync(written(), 'utf8')
    cluster.sql("alter system set log_checkpoints = 'off'")
    const overruled = await apply(['log_checkpoints=on'], '--file', NAME, '--apply')
    expect([overruled.exitCode, overruled.stderr]).toEqual([
      7,
      expect.stringContaining('alter system reset log_checkpoints'),
    ])
    expect(readFileSync(written(), 'utf8')).toBe(before)
    cluster.sql('alter system reset all')
    appendFileSync(written(), 'include_if_exists other\n')
    const lost = await apply(['log_checkpoints=on'], '--file', NAME, '--apply')
    expect([lost.exitCode, lost.stderr]).toEqual([7, expect.stringContaining('would be lost')])
    writeFileSync(written(), before)
    for (const [set, name] of [
      ['log_duration=on', '../outside.conf'],
      ['log_duration=on', 'no-ending'],
      ['log_duration=on', '.hidden.conf'],
      ['no_such=1', NAME],
    ])
      expect((await apply([set], '--file', name, '--apply')).exitCode, name).toBe(2)
  })

  it('are refused where no folder is included', async () => {
    const plain = await clusterOfTest()
    const ran = await run(
      'conf',
      'apply',
      '--set',
      'log_connections=on',
      '--file',
      NAME,
      '--url',
      plain.url(),
      '--apply',
    )
    expect([ran.exitCode, ran.stderr]).toEqual([7, expect.stringContaining("include_dir = 'conf.d'")])
  })
})

describe('T35 memory of the machine', () => {
  it('is held against what the server may come to need, with the sum shown', async () => {
    const sets = [
      'shared_buffers=1GB',
      'max_connections=200',
      'work_mem=16MB',
      'maintenance_work_mem=256MB',
      'wal_buffers=-1',
    ]
    const sum =
      '1024 MB shared_buffers + 16 MB wal_buffers + 200 sessions × 16 MB work_mem + 3 autovacuum workers × 256 MB = 5008 MB'
    const fits = await apply(sets, '--memory-mb', '5008')
    expect([fits.exitCode, fits.data.memory?.arithmetic]).toEqual([0, `${sum}; the machine has 5008 MB`])
    for (const more of [[], ['--apply']])
      expect(await apply(sets, '--memory-mb', '5007', ...more)).toMatchObject({
        exitCode: 7,
        stderr: expect.stringContaining(sum),
      })
    expect(cluster.sql("select count(*) from pg_settings where pending_restart and name = 'shared_buffers'")).toBe('0')
    expect((await apply(sets, '--memory-mb', '5007', '--allow-memory')).exitCode).toBe(0)
  })

  it('is that of this machine, and no matter where less is wanted than before or nothing of it', async () => {
    const machine = await apply(['work_mem=1TB'])
    expect([machine.exitCode, machine.stderr]).toEqual([7, expect.stringContaining('this machine has')])
    const mb = Math.round((totalmem() / (1 << 20)) * 10) / 10
    const small = await apply(['work_mem=64kB'])
    expect(Number(/this machine has ([\d.]+) MB/.exec(small.data.memory?.arithmetic ?? '')?.[1])).toBeLessThanOrEqual(
      mb,
    )
    expect((await apply(['work_mem=64kB'], '--memory-mb', '1')).exitCode).toBe(0)
    expect((await apply(['log_connections=on'], '--memory-mb', '1')).data.memory).toBeNull()
    expect((await apply(['work_mem=5MB'], '--memory-mb', '1')).exitCode).toBe(7)
  })
})
