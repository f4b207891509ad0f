import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readOperations } from '../src/audit/read-log.ts'
import { newCommandLine } from './support/command.ts'

const { run, stateFolder, remove } = newCommandLine()
let cluster: TestCluster

beforeAll(async () => {
  cluster = await startCluster()
  cluster.sql('create database "shop ""é"')
  const targets = {
    good: cluster.url(),
    odd: cluster.url('shop "é'),
    gone: 'postgresql://u@127.0.0.1:1/d?sslmode=disable',
    missing: cluster.url('no_such_database'),
  }
  const lines = Object.entries(targets).map(([name, url]) => `  ${name}: { url: ${JSON.stringify(url)} }`)
  writeFileSync(join(stateFolder, 'dbops.yaml'), `targets:\n${lines.join('\n')}\n`)
})
afterAll(async () => {
  remove()
  await cluster.stop()
})

const allCodes = { good: 0, odd: 0, gone: 3, missing: 3 }

describe('T105 a command at several targets', () => {
  it('keys its results by target, and ends with the highest of their exit codes', async () => {
    const both = await run('monitor', 'connections', '--target', 'good', '--target', 'odd', '--format', 'json')
    expect(both.exitCode, both.stderr).toBe(0)
    expect(JSON.parse(both.stdout)).toMatchObject({
      command: 'monitor connections',
      exitCode: 0,
      targets: { good: { exitCode: 0, data: expect.any(Array) }, odd: { exitCode: 0, data: expect.any(Array) } },
    })
    const all = await run('monitor', 'connections', '--target', 'all', '--format', 'json')
    expect(all.exitCode).toBe(3)
    const { targets } = JSON.parse(all.stdout) as { targets: Record<string, { exitCode: number; error?: unknown }> }
    expect(Object.fromEntries(Object.entries(targets).map(([name, { exitCode }]) => [name, exitCode]))).toEqual(
      allCodes,
    )
    expect(targets.gone.error).toMatchObject({ code: 'CONNECTION_REFUSED' })
    expect(targets.missing.error).toMatchObject({ code: 'DATABASE_MISSING' })
    expect(all.stderr).toContain('dbops: error: gone: ')
  })

  it('is keyed also when all is one, and not when one was named', async () => {
    const config = join(stateFolder, 'one.yaml')
    writeFileSync(config, `targets: { only: { url: ${JSON.stringify(cluster.url())} } }\n`)
    const shape = async (name: string) =>
      Object.keys(
        JSON.parse(
          (await run('conn', 'test', '--config', config, '--target', name, '--format', 'json')).stdout,
        ) as object,
      )
    expect(await shape('all')).toContain('targets')
    expect(await shape('only')).not.toContain('targets')
  })

  it('tells targets apart in every form', async () => {
    const out = async (format: string) => await run('conn', 'test', '--target', 'good,gone', '--format', format)
    expect((await out('text')).stdout).toMatch(/^== good {2}postgresql:[\s\S]*\n\n== gone {2}postgresql:/)
    const sarif = JSON.parse((await out('sarif')).stdout) as { runs: { automationDetails: { id: string } }[] }
    expect(sarif.runs.map(({ automationDetails }) => automationDetails.id)).toEqual([
      'dbops conn test/good/',
      'dbops conn test/gone/',
    ])
    const junit = (await out('junit')).stdout
    expect(junit).toMatch(
      /<testsuites>\n<testsuite name="dbops conn test: good"[\s\S]*<testsuite name="dbops conn test: gone"/,
    )
    const prom = (await out('prom')).stdout
    expect(prom).toContain('dbops_exit_code{command="conn test",target="good"} 0')
    expect(prom).toContain('dbops_exit_code{command="conn test",target="gone"} 3')
    expect(prom.match(/# TYPE dbops_exit_code/g)).toHaveLength(1)
    const nagios = await out('nagios')
    expect([nagios.exitCode, nagios.stdout]).toEqual([2, expect.stringMatching(/^DBOPS CRITICAL - good: .*; gone: /)])
  })

  it('says where it came to no end, in every form', async () => {
    const out = async (format: string) => await run('monitor', 'metrics', '--target', 'good,gone', '--format', format)
    expect((await out('junit')).stdout).toContain('<error type="CONNECTION_REFUSED"')
    expect(JSON.parse((await out('sarif')).stdout)).toMatchObject({
      runs: [{ automationDetails: {} }, { invocations: [{ executionSuccessful: false }] }],
    })
    expect(await out('nagios')).toMatchObject({ exitCode: 3, stdout: expect.stringMatching(/^DBOPS UNKNOWN - good: /) })
    expect((await out('nagios')).stdout).toMatch(/good_dbops_up=1|good_pg_\w+=/)
  })

  it.each([
    ['what changes a server', ['monitor', 'install', '--grant', 'x', '--target', 'good,odd'], 'one server at a time'],
    ['what writes files', ['backup', 'create', '--to', 'x', '--target', 'all'], 'one server at a time'],
    ['a target that is not there', ['doctor', '--target', 'good,nowhere'], '"nowhere" is not in the configuration'],
    ['a name of every object', ['doctor', '--target', 'toString'], '"toString" is not in the configuration'],
    ['an empty one', ['doctor', '--target', 'good,'], 'empty target'],
    ['a URL beside it', ['doctor', '--target', 'good', '--url', 'postgresql://u@h/d'], 'both name the server'],
  ])('refuses %s', async (_, words, message) => {
    expect(await run(...words)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(message) })
  })

  it('writes one record, which tells of each', async () => {
    await run('conn', 'test', '--target', 'good,gone')
    expect(readOperations(join(stateFolder, 'audit')).at(-1)).toMatchObject({
      command: 'conn test',
      exitCode: 3,
      details: {
        targets: [
          { name: 'good', exitCode: 0 },
          { name: 'gone', exitCode: 3 },
        ],
      },
    })
  })
})
