import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { listJournal } from '../src/state/journal.ts'
import { clusterOfTest } from './support/cluster.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'

const { run, stateFolder } = newCommandLine()
const idOf = (ran: { stdout: string }): string => /(?:deployment|schema)-\w+/.exec(ran.stdout)?.[0] ?? ''
let folder = ''
let compose = ''
beforeEach(() => {
  folder = scratchFolder()
  compose = join(folder, 'compose.yaml')
  writeFileSync(compose, 'services: {db: {image: "postgres:15.1", ports: ["5432:5432"]}} # as it was\n')
  chmodSync(compose, 0o640)
})

describe('T102 rollback of compose files', () => {
  it('brings back the file whole and with its mode, runs a hook, and can itself be undone', async () => {
    const before = readFileSync(compose, 'utf8')
    const kept = await run('rollback', 'keep', compose)
    expect(kept.exitCode, kept.stderr).toBe(0)
    writeFileSync(compose, 'services: {db: {image: "postgres:16"}}\n')
    expect((await run('rollback', 'show', idOf(kept), '--rehearse')).stdout).toContain('becomes what it was')
    expect(readFileSync(compose, 'utf8')).toContain('postgres:16')
    const hooks = ['--hook', `cp ${compose} ${folder}/deployed`, '--hook', 'exit 3']
    const back = await run('rollback', 'to', idOf(kept), ...hooks, '--apply')
    expect([back.exitCode, back.stdout], back.stderr).toEqual([8, expect.stringContaining('ended with 3')])
    expect([readFileSync(compose, 'utf8'), statSync(compose).mode & 0o777]).toEqual([before, 0o640])
    expect(readFileSync(join(folder, 'deployed'), 'utf8')).toBe(before)
    const [, , again] = [back, ...back.stdout.matchAll(/deployment-\w+/g)].map(String)
    expect((await run('rollback', 'to', again, '--apply')).exitCode).toBe(0)
    expect(readFileSync(compose, 'utf8')).toContain('postgres:16')
  })

  it('is kept by what changes the file, and refused when the copy is not what was kept', async () => {
    const before = readFileSync(compose, 'utf8')
    const fixed = await run('lint', 'compose', '--fix', compose)
    expect([fixed.exitCode, readFileSync(compose, 'utf8')]).toEqual([0, expect.stringContaining('127.0.0.1:5432')])
    rmSync(compose)
    expect((await run('rollback', 'to', idOf(fixed), '--apply')).exitCode).toBe(0)
    expect(readFileSync(compose, 'utf8')).toBe(before)
    const entry = listJournal(join(stateFolder, 'journal')).find(({ id }) => id === idOf(fixed))
    const [{ copy }] = (entry as unknown as { payload: { before: { files: { copy: string }[] } } }).payload.before.files
    expect(statSync(copy).mode & 0o777).toBe(0o600)
    writeFileSync(copy, 'services: {}\n')
    const refused = await run('rollback', 'to', idOf(fixed), '--apply')
    expect([refused.exitCode, refused.stderr]).toEqual([5, expect.stringContaining('not what it was')])
    expect(readFileSync(compose, 'utf8')).toBe(before)
  })
})

describe('T102 rollback of schema versions', () => {
  async function deployed() {
    const cluster = await clusterOfTest()
    const migrations = join(folder, 'migrations')
    mkdirSync(migrations)
    for (const [name, sql] of [
      ['1_files.up.sql', 'create table files (name text)'],
      ['1_files.down.sql', 'drop table files'],
      ['2_size.up.sql', 'alter table files add size_bytes bigint'],
      ['2_size.down.sql', 'alter table files drop size_bytes'],
    ])
      writeFileSync(join(migrations, name), sql)
    const url = ['--url', cluster.url('postgres')]
    const migrate = (...words: string[]) => run('migrate', ...words, ...url, '--folder', migrations, '--apply')
    await migrate('up', '--to', '1')
    const columns = () =>
      cluster.sql(
        "select string_agg(attname, ',' order by attnum) from pg_attribute where attrelid = to_regclass('files') and attnum > 0 and not attisdropped",
      )
    return { cluster, migrations, url, migrate, columns }
  }

  it('takes migrations back, rehearsed, proven by a session and the health of the server, and can itself be undone', async () => {
    const { url, migrate, columns } = await deployed()
    const up = await migrate('up')
    const rehearsed = await run('rollback', 'show', idOf(up), '--rehearse', ...url)
    expect([rehearsed.stdout, columns()]).toEqual([
      expect.stringContaining('1 migration(s) were taken back and the transaction with them'),
      'name,size_bytes',
    ])
    const back = await run('rollback', 'to', idOf(up), ...url, '--apply')
    expect([back.exitCode, back.stdout], back.stderr).toEqual([
      0,
      expect.stringContaining('postgres gets in; health: well'),
    ])
    expect(columns()).toBe('name')
    const [, undo] = [...back.stdout.matchAll(/schema-\w+/g)].map(String)
    expect([(await run('rollback', 'to', undo, ...url, '--apply')).exitCode, columns()]).toEqual([0, 'name,size_bytes'])
  })

  it('is refused where data would be lost, before any file of the deployment is touched', async () => {
    const { cluster, migrations, url, migrate, columns } = await deployed()
    const kept = await run('rollback', 'keep', compose, '--folder', migrations, ...url)
    expect([kept.exitCode, kept.stdout], kept.stderr).toEqual([0, expect.stringContaining('schema at 1')])
    await migrate('up')
    cluster.sql("insert into files values ('a', 1)")
    writeFileSync(compose, 'services: {}\n')
    const shown = await run('rollback', 'show', idOf(kept), '--rehearse', ...url)
    expect(shown.stdout).toContain('would lose column size_bytes of public.files with values: needs --accept-loss')
    const words = ['rollback', 'to', idOf(kept), ...url, '--apply']
    const refused = await run(...words)
    expect([refused.exitCode, columns(), readFileSync(compose, 'utf8')]).toEqual([
      7,
      'name,size_bytes',
      'services: {}\n',
    ])
    const unnamed = await run(...words, '--accept-loss', '--environment', 'production', '--waive-tls')
    expect([unnamed.exitCode, unnamed.stderr]).toEqual([7, expect.stringContaining('--confirm postgres')])
    expect((await run(...words, '--accept-loss')).exitCode).toBe(0)
    expect([columns(), readFileSync(compose, 'utf8')]).toEqual(['name', expect.stringContaining('as it was')])
  })
})
