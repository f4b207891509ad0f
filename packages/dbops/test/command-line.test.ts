import { globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Secret, scramVerifier } from '@pcap-analyzer/dbops'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commands } from '../src/commands/index.ts'
import { startCommand } from './support/child.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'
import { watchForSecret } from './support/secret-watch.ts'

const { run, remove } = newCommandLine()
afterAll(remove)

describe('T105 the command line', () => {
  it('has every command that a message, a hint or a remedy names', () => {
    const names = new Set(commands.map(({ name }) => name))
    const groups = new Set(commands.map(({ name }) => name.split(' ')[0]))
    const files = globSync('../src/**/*.ts', { cwd: import.meta.dirname })
    const named = files.flatMap((file) =>
      [...readFileSync(join(import.meta.dirname, file), 'utf8').matchAll(/dbops ([a-z]+)(?: ([a-z-]+))?/g)].map(
        ([, first, second]) => [file, first, second] as const,
      ),
    )
    const wrong = named.filter(
      ([, first, second]) => groups.has(first) && !names.has(first) && !names.has(`${first} ${second}`),
    )
    expect(wrong.filter(([, , second]) => second !== undefined)).toEqual([])
    expect(named.length).toBeGreaterThan(60)
  })

  it('shows help for each command, with an example that parses', async () => {
    for (const { name, example } of commands) {
      const help = await run(...name.split(' '), '--help')
      expect(help.exitCode, name).toBe(0)
      expect(help.stdout).toContain('Example:')
      expect(example.startsWith(`dbops ${name}`), example).toBe(true)
    }
  })

  it.each([
    [[], 2],
    [['nonsense'], 2],
    [['backup'], 2],
    [['backup', 'nonsense'], 2],
    [['doctor', '--nonsense'], 2],
    [['doctor'], 2],
    [['doctor', '--url', 'mysql://x'], 2],
    [['doctor', '--url', 'postgresql://u@127.0.0.1:1/d'], 3],
    [['doctor', '--url', 'postgresql://u:secret-in-argv@h/d', '--environment', 'production'], 7],
    [['doctor', '--url', 'postgresql://u@db.example/d', '--environment', 'production'], 7],
    [['doctor', '--url', 'env:NOT_SET'], 2],
    [['doctor', '--format', 'xml'], 2],
    [['doctor', '--environment', 'prod'], 2],
    [['backup', 'verify', '--from', '/nonexistent'], 2],
    [['backup', 'undo', 'restore-none', '--url', 'postgresql://u@h/d'], 2],
    [['--version'], 0],
    [['--help'], 0],
  ])('%j ends with %s', async (words, exitCode) => {
    expect((await run(...words)).exitCode).toBe(exitCode)
  })

  it('prints errors as JSON too, and unknown for Nagios', async () => {
    const json = await run('doctor', '--url', 'postgresql://u@127.0.0.1:1/d', '--format', 'json')
    expect(JSON.parse(json.stdout)).toMatchObject({
      schemaVersion: 1,
      exitCode: 3,
      error: { code: 'CONNECTION_REFUSED' },
    })
    expect((await run('doctor', '--url', 'postgresql://u@127.0.0.1:1/d', '--format', 'nagios')).exitCode).toBe(3)
  })
})

describe('T106 a secret on its way', () => {
  const CANARY = 'canary-On-its-way.7731'
  let cluster: TestCluster
  beforeAll(async () => {
    cluster = await startCluster({
      hba: ['local all all trust', 'host all,replication all all scram-sha-256'],
      settings: { log_statement: 'all', log_connections: 'on' },
    })
    cluster.sql(
      `create database shop; create role keeper superuser login password '${scramVerifier(new Secret(CANARY))}'`,
    )
    cluster.sql('create table big as select n, repeat(md5(n::text), 30) as t from generate_series(1, 60000) n', 'shop')
  })
  afterAll(() => cluster.stop())

  it('stands in no argument or environment of any child, in no log, output or file, also when the command is interrupted', async () => {
    const to = scratchFolder()
    const state = scratchFolder()
    const variables = { PGPASSWORD: CANARY, TMPDIR: scratchFolder() }
    const seen: string[] = []
    const words = ['backup', 'create', '--url', cluster.url('shop', 'keeper'), '--to', to]
    // a killed one leaves its password file to the next run
    for (const interruption of ['SIGKILL', 'none', 'SIGINT', 'SIGTERM'] as const) {
      const command = startCommand(state, words, variables)
      const watch = watchForSecret(CANARY)
      let hasEnded = false
      void command.ended.then(() => {
        hasEnded = true
      })
      if (interruption !== 'none') {
        // at work, with its password in a file for a child
        while (!hasEnded && readdirSync(variables.TMPDIR).length === 0) await setTimeout(5)
        command.child.kill(interruption)
      }
      await command.ended
      seen.push(...(await watch.stop()))
      expect(command.output()).not.toContain(CANARY)
      if (interruption !== 'SIGKILL') expect(readdirSync(variables.TMPDIR), interruption).toEqual([])
    }
    expect(seen).toEqual([])
    expect(cluster.log()).not.toContain(CANARY)
    for (const folder of [to, state, variables.TMPDIR]) expect(filesWith(CANARY, folder)).toEqual([])
  })

  it('is shown by no command that goes to a server', { timeout: 600_000 }, async () => {
    const [to, state, temporary] = [scratchFolder(), scratchFolder(), scratchFolder()]
    const variables = { PGPASSWORD: CANARY, TMPDIR: temporary }
    const url = ['--url', cluster.url('shop', 'keeper')]
    const roles = join(state, 'roles.yaml')
    writeFileSync(roles, 'database: shop\nschemas: [public]\n')
    const watch = watchForSecret(CANARY)
    for (const words of [
      ['conn', 'test'],
      ['pool', 'test', '--clients', '2', '--queries', '5'],
      ['doctor', '--app-role', 'keeper', '--backups', to],
      ['backup', 'create', '--to', to],
      ['backup', 'verify', '--from', to],
      ['backup', 'drill', '--from', to],
      ['backup', 'restore', '--from', to, '--into', 'shop_again', '--apply'],
      ['backup', 'physical', '--to', join(to, 'physical')],
      ['roles', 'plan', '--file', roles],
      ['roles', 'diff', '--file', roles],
      ['rls', 'audit', '--schema', 'public', '--tenant-column', 'owner_id'],
      ['emergency', 'superusers'],
      ['hba', 'audit'],
      ['conf', 'audit'],
      ['tls', 'check'],
      ['monitor', 'install', '--grant', 'keeper', '--apply'],
      ['monitor', 'stats'],
      ['monitor', 'slow'],
      ['monitor', 'metrics'],
      ['monitor', 'connections'],
      ['monitor', 'locks'],
      ['monitor', 'indexes'],
      ['monitor', 'show', 'tables'],
      ['monitor', 'watch', '--count', '1'],
      ['conn', 'test', '--write-probe', 'public.big'],
      ['emergency', 'raise', '--setting', 'work_mem', '--to', '8MB', '--reason', 'a test', '--apply'],
      ['emergency', 'expire', '--apply'],
      ['maint', 'run', '--apply'],
      ['report', 'security', '--to-file', join(state, 'report.html')],
    ]) {
      const command = startCommand(state, [...words, ...url], variables)
      const ended = await command.ended
      expect([0, 1], `${words.join(' ')}: ${command.output()}`).toContain(ended)
      expect(command.output(), words.join(' ')).not.toContain(CANARY)
      expect(readdirSync(temporary), words.join(' ')).toEqual([])
    }
    expect(await watch.stop()).toEqual([])
    expect(cluster.log()).not.toContain(CANARY)
    for (const folder of [to, state]) expect(filesWith(CANARY, folder)).toEqual([])
  })
})

/** Files below a folder that hold a text. */
function filesWith(text: string, folder: string): string[] {
  return globSync('**/*', { cwd: folder, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name))
    .filter((path) => readFileSync(path).includes(text))
}
