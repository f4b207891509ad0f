import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
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
  readonly trend: readonly { readonly failures: number }[]
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
    expect(first.json().data).toMatchObject({ changes: null })
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
    const { trend } = (third.json().data as { changes: Changes }).changes
    const [, before, fewer, more] = trend.map(({ failures }) => failures)
    expect([trend.length, fewer, more]).toEqual([4, before - 1, before])
    expect(third.json().summary).toContain(
      `failures of the last runs ${trend[0].failures}, ${before}, ${fewer}, ${more}`,
    )
    // another login is another target
    expect((await examine('bare')).json().data).toMatchObject({ changes: null })
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

describe('T90 stages, profiles and sign-offs', () => {
  it('ask what matters then, and nothing else', async () => {
    const cluster = await clusterOfTest()
    const groups = async (...words: string[]) => {
      const ran = await run('doctor', '--url', cluster.url(), '--format', 'json', ...words)
      return new Set(ran.json().checks.map(({ id }) => id.split('.')[0]))
    }
    expect(await groups('--stage', 'dev')).toEqual(new Set(['roles', 'grants', 'rls', 'credentials', 'db']))
    const before = await groups('--stage', 'pre-deploy')
    expect([before.has('manual'), before.has('hba'), before.has('activity')]).toEqual([true, true, false])
    expect(await groups('--stage', 'post-deploy')).toEqual(await groups())
    expect((await groups('--stage', 'weekly')).has('settings')).toBe(false)
    const cis = await run('doctor', '--url', cluster.url(), '--profile', 'cis', '--format', 'json')
    expect(cis.json().checks.map(({ id }) => id)).toContain('roles.app-superuser')
    expect(cis.json().checks.every(({ references }) => references?.some((one) => one.startsWith('CIS')))).toBe(true)
    expect((await run('doctor', '--url', cluster.url(), '--stage', 'nightly')).exitCode).toBe(2)
  })

  it('let a manual item pass, and a failure be waived, until their day is over', async () => {
    const cluster = await clusterOfTest()
    const { run: runIn, stateFolder: state, remove: removeIt } = newCommandLine()
    const verdictOf = async (id: string) => {
      const ran = await runIn('doctor', '--url', cluster.url(), '--format', 'json')
      return ran.json().checks.find((check) => check.id === id)
    }
    const sign = (id: string, until: string) =>
      runIn('signoff', 'add', id, '--by', 'Ada Admin', '--until', until, '--reason', 'looked at it')
    const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
    expect(await verdictOf('manual.firewall')).toMatchObject({ verdict: 'manual' })
    expect((await runIn('signoff', 'list')).exitCode).toBe(1)
    expect((await sign('manual.firewall', day(30))).exitCode).toBe(0)
    expect((await sign('settings.ssl', day(30))).exitCode).toBe(0)
    expect(await verdictOf('manual.firewall')).toMatchObject({
      verdict: 'pass',
      evidence: expect.stringContaining('Ada Admin until'),
    })
    expect(await verdictOf('settings.ssl')).toMatchObject({ verdict: 'waived' })
    // the day passes
    const path = join(state, 'doctor', 'sign-offs.json')
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(day(30), day(-1)))
    for (const id of ['manual.firewall', 'settings.ssl'])
      expect(await verdictOf(id)).toMatchObject({ verdict: 'fail', evidence: expect.stringContaining('expired on') })
    expect((await sign('manual.firewall', day(-1))).exitCode).toBe(2)
    expect((await sign('manual.firewall', day(3000))).exitCode).toBe(2)
    expect((await runIn('signoff', 'add', 'manual.firewall', '--until', day(3), '--reason', 'x')).exitCode).toBe(2)
    removeIt()
  })

  it('hold up a deployment for what nobody signed for', async () => {
    const cluster = await clusterOfTest()
    const { run: runIn, remove: removeIt } = newCommandLine()
    const until = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10)
    const sign = async (id: string) =>
      await runIn('signoff', 'add', id, '--by', 'Ada', '--until', until, '--reason', 'accepted in this test')
    const gate = async () => await runIn('doctor', '--url', cluster.url(), '--stage', 'pre-deploy', '--format', 'json')
    const failures = (await gate()).json().checks.filter(({ verdict }) => verdict === 'fail')
    for (const { id } of failures) await sign(id)
    const held = await gate()
    expect([held.exitCode, held.json().checks.filter(({ verdict }) => verdict === 'fail')]).toEqual([1, []])
    for (const { id } of held.json().checks.filter(({ verdict }) => verdict === 'manual')) await sign(id)
    expect((await gate()).exitCode).toBe(0)
    removeIt()
  })
})
