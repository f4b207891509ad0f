import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findServerBinaries, startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../../..')
const guide = readFileSync(join(root, 'docs/guides/migrate-v4-to-v5.md'), 'utf8')

function blocksOf(language: string): string[] {
  return [...guide.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map((match) => match[1] ?? '')
}

let cluster: TestCluster
let folder: string

beforeAll(async () => {
  if (findServerBinaries() === null) throw new Error('these tests need PostgreSQL: apt-get install postgresql')
  cluster = await startCluster()
  folder = mkdtempSync(join(tmpdir(), 'pcap-guide-'))
  mkdirSync(join(folder, 'data'))
  for (const name of ['scripts', 'node_modules', 'packages', 'package.json'])
    symlinkSync(join(root, name), join(folder, name))
  const old = new Sqlite(join(folder, 'data/pcap_analyzer.db'))
  old.exec(`
    create table users (id text primary key, username text, email text, hashed_password text, role text, is_active integer, created_at text);
    insert into users values ('11111111-1111-4111-8111-111111111111', 'admin', 'a@example.org', 'x', 'admin', 1, '2024-01-01 00:00:00');
    create table tasks (task_id text primary key, filename text, file_size integer, status text, progress integer, uploaded_at text);
    insert into tasks values ('22222222-2222-4222-8222-222222222222', 'a.pcap', 10, 'completed', 100, '2024-01-02 00:00:00');
  `)
  old.close()
})
afterAll(async () => {
  await cluster?.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('the guide from version 4 to 5', () => {
  it('holds, command by command', () => {
    for (const statement of blocksOf('sql').join('').split(';')) if (statement.trim() !== '') cluster.sql(statement)
    const script = ['set -e', ...blocksOf('bash')].join('\n').replaceAll(':5432/', `:${cluster.port}/`)
    const output = execFileSync('/bin/sh', ['-c', script], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`, HOME: folder },
    })
    expect(output).toContain('nothing was written')
    expect(output).toContain('every row was read back and is the same')
    expect(output).toContain('users: 1 rows, 1 written')
    expect(output).toContain('1 tasks now belong to admin')
    expect(cluster.sql('select username from users', 'pcap_analyzer').trim()).toBe('admin')
  })
})
