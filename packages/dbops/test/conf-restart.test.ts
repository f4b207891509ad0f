import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { clusterOfTest } from './support/cluster.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'

describe('T34 a restart that conf apply supervises', () => {
  it('makes the setting count, and brings the old ones back when the server does not start', async () => {
    const cluster = await clusterOfTest()
    const { run, remove } = newCommandLine()
    // the command asks, the test restarts the server that it started, and the command goes on
    const wish = join(scratchFolder(), 'wish')
    const command = `touch '${wish}'; while [ -e '${wish}' ]; do sleep 0.05; done`
    let isOver = false
    let failedStarts = 0
    const restarting = (async () => {
      while (!isOver) {
        if (existsSync(wish)) {
          await cluster.restart().catch(() => failedStarts++)
          rmSync(wish)
        }
        await setTimeout(20)
      }
    })()
    const apply = (setting: string, ...more: string[]) =>
      run('conf', 'apply', '--set', setting, '--url', cluster.url(), '--apply', ...more)
    const good = await apply('max_connections=77', '--restart', command)
    expect([good.exitCode, good.stdout], good.stderr).toEqual([0, expect.stringContaining('the server restarted')])
    expect(cluster.sql('show max_connections')).toBe('77')
    const bad = await apply('shared_preload_libraries=no_such_library', '--restart', command, '--wait', '1')
    expect([bad.exitCode, bad.stderr]).toEqual([5, expect.stringContaining('the server runs with them')])
    expect(failedStarts).toBe(1)
    expect(cluster.sql('show shared_preload_libraries')).toBe('')
    expect(cluster.sql('show max_connections')).toBe('77')
    expect(readFileSync(join(cluster.dataFolder, 'postgresql.auto.conf'), 'utf8')).not.toContain('no_such_library')
    // what needs no restart does not cause one
    const start = cluster.sql('select pg_postmaster_start_time()')
    expect((await apply('work_mem=8MB', '--restart', command)).exitCode).toBe(0)
    expect(cluster.sql('select pg_postmaster_start_time()')).toBe(start)
    isOver = true
    await restarting
    remove()
  })
})
