import { execFileSync } from 'node:child_process'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateSettings } from '../src/settings/generate-settings.ts'
import { generatedKind, inUnit, managedInstructions } from '../src/settings/managed-settings.ts'
import { newCommandLine } from './support/command.ts'

const { run, remove } = newCommandLine()
let cluster: TestCluster
beforeAll(async () => {
  cluster = await startCluster()
})
afterAll(async () => {
  remove()
  await cluster.stop()
})

/** Unit and context of every setting, as the server knows them. */
const knownSettings = () =>
  new Map(
    cluster
      .sql("select name, coalesce(unit, ''), context from pg_settings")
      .split('\n')
      .map((line) => line.split('|'))
      .map(([name, unit, context]) => [name, { unit: unit || null, context }]),
  )

/** Words as a shell reads them. */
const shellWords = (line: string) =>
  execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1)

const kinds = { memoryMb: 4096, cpus: 4, connections: 100, storage: 'ssd', workload: 'web' } as const

describe('T34 settings of managed services, played', () => {
  it('are counted in the unit of the server, as the server itself counts them', () => {
    const known = knownSettings()
    const withUnits = generateSettings(kinds).filter(({ value }) => /^-?[\d.]+ ?[a-zA-Z]+$/.test(value))
    for (const { name } of generateSettings(kinds)) {
      const { unit, context } = known.get(name) ?? { unit: 'unknown', context: '' }
      const kind = generatedKind(name)
      expect(kind.needsRestart, name).toBe(context === 'postmaster')
      if (withUnits.some((one) => one.name === name)) expect(kind.unit, name).toBe(unit)
    }
    const settable = withUnits.filter(({ name }) => /^(user|superuser)$/.test(known.get(name)?.context ?? ''))
    expect(settable.length).toBeGreaterThan(4)
    const counted = cluster.sql(
      settable
        .map(({ name, value }) => `set ${name} = '${value}'; select setting from pg_settings where name = '${name}';`)
        .join('\n'),
    )
    expect(settable.map(({ name, value }) => inUnit(value, known.get(name)?.unit ?? null))).toEqual(counted.split('\n'))
    expect([
      inUnit('256MB', '8kB'),
      inUnit('4MB', 'kB'),
      inUnit('10min', 'ms'),
      inUnit('1min', 's'),
      inUnit('0.9', null),
      inUnit('on', null),
      inUnit('100', 'kB'),
    ]).toEqual(['32768', '4096', '600000', '60', '0.9', 'on', '100'])
    expect(() => inUnit('10min', 'kB')).toThrow(/cannot be counted/)
  })

  it('are taken by PostgreSQL when they come out of the command of RDS', async () => {
    const made = await run('conf', 'generate', '--managed', 'rds', '--group', 'app-pg15', '--format', 'json')
    const { commands, notes } = made.json().data as { commands: string[]; notes: string[] }
    expect(commands.length).toBeGreaterThan(1) // 20 a call
    expect(notes.join()).toContain('the service decides itself about')
    const parameters = commands.flatMap((command) => {
      const words = shellWords(command)
      expect(words.slice(0, 5)).toEqual([
        'aws',
        'rds',
        'modify-db-parameter-group',
        '--db-parameter-group-name',
        'app-pg15',
      ])
      const list = JSON.parse(words.at(-1) ?? '') as {
        ParameterName: string
        ParameterValue: string
        ApplyMethod: string
      }[]
      expect(list.length).toBeLessThanOrEqual(20)
      return list
    })
    const known = knownSettings()
    for (const { ParameterName: name, ApplyMethod: method } of parameters)
      expect([name, method]).toEqual([name, known.get(name)?.context === 'postmaster' ? 'pending-reboot' : 'immediate'])
    // refused when it is no value; each in a transaction of its own
    const changes = parameters.map(
      ({ ParameterName: name, ParameterValue: value }) =>
        `alter system set ${name} = '${value.replaceAll("'", "''")}';`,
    )
    cluster.sql([...changes, 'alter system reset all;'].join('\n'))
  })

  it('are a command each for Azure, and one for Cloud SQL and Aurora', () => {
    const wanted = [
      ['work_mem', '8MB'],
      ['shared_preload_libraries', 'pg_stat_statements,pgaudit'],
      ['ssl', 'on'],
      ['archive_mode', 'on'],
    ] as const
    const of = (service: 'azure' | 'cloud-sql' | 'aurora') =>
      managedInstructions({ service, group: null }, wanted, generatedKind)
    expect(of('azure').commands).toHaveLength(2)
    expect(of('azure').commands[1]).toContain("--name shared_preload_libraries --value 'pg_stat_statements,pgaudit'")
    expect(shellWords(of('cloud-sql').commands[0]).at(-1)).toBe(
      '--database-flags=^~^work_mem=8192~shared_preload_libraries=pg_stat_statements,pgaudit',
    )
    expect(of('aurora').commands[0]).toContain('modify-db-cluster-parameter-group')
    expect(of('aurora').notes).toEqual(
      expect.arrayContaining([expect.stringContaining('rds.force_ssl'), expect.stringContaining('archive_mode')]),
    )
  })

  it('are never set by ALTER SYSTEM: the service is seen by its role', async () => {
    cluster.sql('create role azure_pg_admin')
    const apply = (...words: string[]) =>
      run('conf', 'apply', '--set', 'work_mem=16MB', '--url', cluster.url(), ...words)
    const plan = await apply()
    expect([plan.exitCode, plan.stdout]).toEqual([0, expect.stringContaining('--name work_mem --value 16384')])
    const refused = await apply('--apply')
    expect([refused.exitCode, refused.stderr]).toEqual([7, expect.stringContaining('belong to azure')])
    cluster.sql('drop role azure_pg_admin')
    expect((await apply('--managed', 'cloud-sql')).stdout).toContain('gcloud sql instances patch INSTANCE')
    expect((await apply('--managed', 'heroku')).exitCode).toBe(2)
    expect((await apply('--apply')).exitCode).toBe(0)
    expect(cluster.sql('show work_mem')).toBe('16MB')
  })
})
