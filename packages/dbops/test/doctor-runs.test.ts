import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { clusterOfTest } from './support/cluster.ts'
import { newCommandLine } from './support/command.ts'

const { run, stateFolder, remove } = newCommandLine()
afterAll(remove)

interface Changes {
  readonly newFailures: readonly string[]
  readonly putRight: readonly string[]
  readonly lost: readonly string[]
}

describe('T90 two runs of doctor', () => {
  it('are compared: what is new, what was put right, what can no longer be asked', async () => {
    const cluster = await clusterOfTest()
    cluster.sql(
      "create role other superuser login password 'other-password-0001'; create role bare login connection limit 5",
    )
    const examine = async (user = 'postgres') =>
      await run('doctor', '--url', cluster.url('postgres', user), '--format', 'json')
    const changesOf = async () => ((await examine()).json().data as { changes: Changes | null }).changes
    const first = await examine()
    expect(first.json().data).toEqual({ changes: null })
    expect(await changesOf()).toMatchObject({ since: expect.stringMatching(/^\d{4}-/), lost: [] })
    cluster.sql('alter system set log_connections = on')
    cluster.reload()
    await expect.poll(() => cluster.sql('show log_connections')).toBe('on')
    const second = await changesOf()
    const id = second?.putRight.find((one) => one.includes('log_connections'))
    expect(id).toBeDefined()
    cluster.sql('alter system reset log_connections')
    cluster.reload()
    await expect.poll(() => cluster.sql('show log_connections')).toBe('off')
    const third = await examine()
    expect((third.json().data as { changes: Changes }).changes.newFailures).toContain(id)
    expect(third.json().summary).toContain('since ')
    // another login is another target
    expect((await examine('bare')).json().data).toEqual({ changes: null })
  })

  it('end with 5 when what is remembered is damaged', async () => {
    const cluster = await clusterOfTest()
    const examine = async () => await run('doctor', '--url', cluster.url())
    const before = new Set(readdirSync(join(stateFolder, 'doctor')))
    await examine()
    const [name] = readdirSync(join(stateFolder, 'doctor')).filter((one) => !before.has(one))
    writeFileSync(join(stateFolder, 'doctor', name), 'x')
    expect(await examine()).toMatchObject({ exitCode: 5, stderr: expect.stringContaining('is damaged') })
  })
})
