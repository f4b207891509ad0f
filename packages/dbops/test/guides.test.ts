import { execFileSync } from 'node:child_process'
import { chmodSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { startCluster } from '@pcap-analyzer/dbops/testing'
import { describe, expect, it } from 'vitest'
import { runCommandLine } from '../src/command/run-command.ts'
import { commands } from '../src/commands/index.ts'
import { seedShop } from './support/shop.ts'

const root = join(import.meta.dirname, '../../..')
const guides = globSync('docs/guides/dbops-*.md', { cwd: root }).sort()

/** Lines of the guide that call the command, in their order, with the exit code they promise. */
function commandsOf(guide: string): { line: string; exitCode: number }[] {
  const text = readFileSync(join(root, guide), 'utf8')
  return [...text.matchAll(/```bash\n([\s\S]*?)```/g)].flatMap(([, block]) =>
    block
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line.startsWith('dbops '))
      .map((line) => {
        const [command, promise] = line.split(/\s+# ends with /)
        return { line: command, exitCode: Number(promise ?? 0) }
      }),
  )
}

/** Words as a shell reads them: double quotes and variables. */
function wordsOf(line: string, variables: Readonly<Record<string, string>>): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)]
    .map(([, quoted, plain]) => (quoted ?? plain).replace(/\$(\w+)/g, (_, name: string) => variables[name] ?? ''))
    .slice(1)
}

describe('T104 the guides', () => {
  it.each(guides)('%s works as it is written, command by command', async (guide) => {
    const folder = mkdtempSync(join(tmpdir(), 'dbops-guide-'))
    const cluster = await startCluster({ hba: ['local all all trust', 'host all all 127.0.0.1/32 trust'] })
    const before = process.cwd()
    try {
      cluster.sql('create database app; create database shop; create role legacy_app login connection limit 20')
      seedShop(cluster, 'shop')
      cluster.sql(
        'create schema if not exists app; create table app.files (n int); alter table app.files owner to legacy_app; grant usage on schema app to legacy_app',
        'app',
      )
      cluster.sql(
        "create role app_group; create role app_a login in role app_group password 'first-password-of-a'; create role app_b in role app_group",
      )
      mkdirSync(join(folder, 'mounted'))
      const repository = join(folder, 'repository')
      mkdirSync(repository)
      execFileSync('git', ['init', '-q'], { cwd: repository })
      writeFileSync(
        join(repository, 'compose.yaml'),
        'services:\n  app:\n    image: app:1\n    ports: ["127.0.0.1:8000:8000"]\n',
      )
      execFileSync('git', ['add', '.'], { cwd: repository })
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example', 'commit', '-qm', 'x'], {
        cwd: repository,
      })
      mkdirSync(join(folder, 'migrations'))
      writeFileSync(join(folder, 'migrations/0001_uploads.up.sql'), 'create table uploads (id int primary key);\n')
      writeFileSync(join(folder, 'migrations/0001_uploads.down.sql'), 'drop table uploads;\n')
      writeFileSync(join(folder, 'compose.yaml'), 'services: {}\n')
      writeFileSync(join(folder, 'roles.yaml'), 'database: app\nschemas: [app]\nclosedDatabases: [postgres]\n')
      cluster.sql('create table app.events (at timestamptz not null) partition by range (at)', 'app')
      const rules = /```yaml\n([^`]*partitions:[^`]*)```/.exec(readFileSync(join(root, guide), 'utf8'))?.[1] ?? ''
      writeFileSync(join(folder, 'maintenance.yaml'), rules)
      const profile = /```yaml\n([^`]*assertions:[^`]*)```/.exec(readFileSync(join(root, guide), 'utf8'))?.[1] ?? ''
      writeFileSync(join(folder, 'profile.yaml'), profile)
      writeFileSync(
        join(folder, 'login.json'),
        '{"user": "app_a", "password": "first-password-of-a", "version": "1"}',
        { mode: 0o600 },
      )
      writeFileSync(join(folder, 'smoke.sql'), 'select 1 from app.log limit 1\n')
      writeFileSync(join(folder, 'server.log'), '2026-11-22 10:00:00.000 UTC [1] LOG:  database system is ready\n')
      writeFileSync(join(folder, 'session.key'), 'Key-of-sessions.4711-x\n', { mode: 0o600 })
      writeFileSync(join(folder, 'leaked.txt'), 'a-leaked-value-123\n', { mode: 0o600 })
      chmodSync(folder, 0o755)
      process.chdir(folder)
      const socket = encodeURIComponent(cluster.socketFolder)
      const admin = `postgresql://postgres@${socket}:${cluster.port}`
      const isSwap = /swap|drill/.test(readFileSync(join(root, guide), 'utf8'))
      const variables: Record<string, string> = {
        HOME: folder,
        DBOPS_STATE_DIR: join(folder, 'state'),
        DBOPS_MASTER_KEY: 'master-key-of-the-guides-01',
        // TLS does not travel over the socket
        ADMIN_URL: guide.includes('harden')
          ? `postgresql://postgres@127.0.0.1:${cluster.port}/app`
          : `${admin}/${isSwap ? 'postgres' : 'app'}`,
        APP_URL: `postgresql://legacy_app@127.0.0.1:${cluster.port}/app`,
        BACKUP_URL: `${admin}/shop`,
        UNTIL: new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10),
      }
      const run = async (line: string) => {
        let output = ''
        const exitCode = await runCommandLine(commands, wordsOf(line, variables), {
          variables,
          workingFolder: folder,
          version: '0',
          writeOut: (text) => void (output += text),
          writeError: (text) => void (output += text),
          interruption: () => new AbortController().signal,
          now: () => new Date(),
        })
        if (line.includes('backup keygen')) variables.RECIPIENT = output.trim()
        return { exitCode, output }
      }
      if (guide.includes('disaster')) {
        await run('dbops backup keygen --to ./backup.key')
        await run('dbops backup create --url env:BACKUP_URL --to ./backups --recipient $RECIPIENT')
      }
      const lines = commandsOf(guide)
      expect(lines.length).toBeGreaterThan(3)
      for (const { line, exitCode } of lines) {
        const ran = await run(line)
        expect([line, ran.exitCode], ran.output).toEqual([line, exitCode])
      }
    } finally {
      process.chdir(before)
      await cluster.stop()
      rmSync(folder, { recursive: true, force: true })
    }
    expect(basename(guide)).toMatch(/^dbops-/)
  })
})
