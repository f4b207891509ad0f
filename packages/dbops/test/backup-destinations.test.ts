import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseConnection } from '@pcap-analyzer/dbops'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createBackup } from '../src/backup/create-backup.ts'
import { createPhysicalBackup, prepareRecovery, verifyPhysicalBackup, walGaps } from '../src/backup/physical-backup.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'
import { seedShop } from './support/shop.ts'

let cluster: TestCluster
let archive: string
const { run, stateFolder, remove } = newCommandLine()
beforeAll(async () => {
  archive = `${stateFolder}-archive`
  mkdirSync(archive)
  chmodSync(archive, 0o777)
  cluster = await startCluster({
    isDurable: true,
    hba: [
      'local all all trust',
      'host all all 127.0.0.1/32 trust',
      'local replication all trust',
      'host replication all 127.0.0.1/32 trust',
    ],
    settings: {
      archive_mode: 'on',
      archive_command: `test ! -f ${archive}/%f && cp %p ${archive}/%f`,
      max_wal_senders: '4',
    },
  })
  cluster.sql('create database shop')
  seedShop(cluster, 'shop')
})
afterAll(async () => {
  remove()
  rmSync(archive, { recursive: true, force: true })
  await cluster.stop()
})

describe('T58 a disk that is full', () => {
  it('ends in a clean failure, and leaves nothing', async ({ skip }) => {
    const folder = scratchFolder()
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder], { stdio: 'pipe' })
    } catch {
      skip('no file system may be mounted here, so a full disk cannot be made')
    }
    try {
      cluster.sql(
        'create table app.bulk as select n, md5(n::text) || md5((n * 7)::text) as t from generate_series(1, 90000) n',
        'shop',
      )
      const ran = await run('backup', 'create', '--url', cluster.url('shop'), '--to', folder)
      expect(ran.exitCode, ran.stdout + ran.stderr).not.toBe(0)
      expect(ran.stderr).toMatch(/ENOSPC|no space/i)
      expect(readdirSync(folder).filter((name) => name !== '.lock')).toEqual([])
    } finally {
      cluster.sql('drop table app.bulk', 'shop')
      execFileSync('umount', [folder])
    }
  })
})

describe('T60 physical backups', () => {
  it('are verified, show damage, and recover to the second before a row was deleted; a gap in the WAL is refused', async () => {
    const to = scratchFolder()
    const server = parseConnection(cluster.url())
    const folder = await createPhysicalBackup(server, to, new Date())
    cluster.sql('create table precious (n int); insert into precious values (1), (2), (3)')
    const before = cluster.sql('select now()')
    cluster.sql('select pg_sleep(0.1); delete from precious; select pg_switch_wal()')
    await expect
      .poll(
        () =>
          cluster.sql(
            'select archived_count > 0 and last_archived_wal >= pg_walfile_name(pg_current_wal_lsn() - 16777216) from pg_stat_archiver',
          ),
        { timeout: 15_000 },
      )
      .toBe('t')
    const copy = join(to, 'recovered')
    cpSync(folder, copy, { recursive: true })
    await verifyPhysicalBackup(copy)
    const damaged = join(to, 'damaged')
    cpSync(folder, damaged, { recursive: true })
    const victim = join(damaged, 'base', readdirSync(join(damaged, 'base')).sort()[0], 'PG_VERSION')
    writeFileSync(victim, '99\n')
    await expect(verifyPhysicalBackup(damaged)).rejects.toMatchObject({ code: 'INTEGRITY' })
    prepareRecovery(copy, archive, { time: before })
    const { uid, gid } = cluster.owner
    chmodSync(to, 0o755)
    if (uid !== undefined) execFileSync('chown', ['-R', `${uid}:${gid}`, copy])
    chmodSync(copy, 0o700)
    const port = cluster.port === 65_000 ? 64_999 : 65_000
    cluster.run('pg_ctl', [
      '-D',
      copy,
      '-w',
      '-t',
      '60',
      '-o',
      `-p ${port} -k ${cluster.socketFolder} -c listen_addresses=`,
      '-l',
      join(cluster.folder, 'recovery.log'),
      'start',
    ])
    try {
      const count = () =>
        cluster
          .run('psql', [
            '-X',
            '-At',
            '-h',
            cluster.socketFolder,
            '-p',
            String(port),
            '-U',
            'postgres',
            '-c',
            'select count(*) from precious',
          ])
          .trim()
      await expect.poll(count).toBe('3')
    } finally {
      cluster.run('pg_ctl', ['-D', copy, '-m', 'immediate', 'stop'])
    }
    expect(walGaps(['000000010000000000000001', '000000010000000000000002', '000000010000000000000004'])).toEqual([
      '000000010000000000000003 to before 000000010000000000000004',
    ])
    expect(walGaps(['0000000100000000000000FF', '000000010000000100000000'])).toEqual([])
    const holed = join(to, 'holed')
    mkdirSync(holed)
    for (const name of ['000000010000000000000001', '000000010000000000000003']) writeFileSync(join(holed, name), '')
    expect(() => prepareRecovery(folder, holed, { time: before })).toThrow(expect.objectContaining({ code: 'REFUSED' }))
  })

  it('an archive that fails is a finding', async () => {
    chmodSync(archive, 0o000)
    cluster.sql("alter system set archive_command = 'false'")
    cluster.reload()
    cluster.sql('create table w (n int); select pg_switch_wal()')
    await expect
      .poll(
        () => cluster.sql("select last_failed_time > coalesce(last_archived_time, '-infinity') from pg_stat_archiver"),
        { timeout: 15_000 },
      )
      .toBe('t')
    const doctor = await run('doctor', '--url', cluster.url(), '--format', 'json')
    expect(doctor.json().checks.find(({ id }) => id === 'archive.failing')).toMatchObject({ verdict: 'fail' })
    chmodSync(archive, 0o777)
    cluster.sql('alter system reset archive_command')
    cluster.reload()
  })
})

describe('T61 a dump of unknown origin', () => {
  it('is refused without trust, and its meta-commands are not executed', async () => {
    const folder = scratchFolder()
    const proof = join(folder, 'executed')
    const dump = join(folder, 'hostile.sql')
    cluster.sql('create database loaded')
    const load = (...more: string[]) => run('backup', 'load', dump, '--url', cluster.url('loaded'), '--apply', ...more)
    for (const attack of [
      `\\! touch ${proof}`,
      `\\o |touch ${proof}`,
      `\\copy t to program 'touch ${proof}'`,
      `select 1 \\g |touch ${proof}`,
    ]) {
      writeFileSync(dump, `create table if not exists t (n int);\n${attack}\n`)
      expect(await load()).toMatchObject({ exitCode: 7 })
      const ran = await load('--trust')
      expect(ran.exitCode, attack).not.toBe(0)
      expect(existsSync(proof), attack).toBe(false)
    }
    const real = cluster.run('pg_dump', [
      '-h',
      cluster.socketFolder,
      '-p',
      String(cluster.port),
      '-U',
      'postgres',
      '-d',
      'shop',
    ])
    writeFileSync(dump, real)
    const ran = await load('--trust')
    expect(ran.exitCode, ran.stderr).toBe(0)
    expect(cluster.sql('select count(*) from app.orders', 'loaded')).toBe('2000')
  })
})

describe('T64 client programs of another version', () => {
  it('are refused when they are older than the server', async () => {
    const bin = scratchFolder()
    for (const name of ['pg_dump', 'pg_restore', 'pg_dumpall']) {
      writeFileSync(join(bin, name), `#!/bin/sh\necho "${name} (PostgreSQL) 12.9"\n`)
      chmodSync(join(bin, name), 0o755)
    }
    const create = createBackup({
      parameters: parseConnection(cluster.url('shop')),
      to: scratchFolder(),
      stateFolder,
      binaries: bin,
    })
    await expect(create).rejects.toMatchObject({
      code: 'REFUSED',
      message: 'pg_dump 12.9 is older than the server (15) and cannot dump it',
    })
  })
})

describe('backups of more than the database', () => {
  it('hold files of the application and the roles, and give them back', async () => {
    const folder = scratchFolder()
    const uploads = join(folder, 'uploads')
    mkdirSync(uploads)
    writeFileSync(join(uploads, 'a b.bin'), Buffer.alloc(300_000, 7))
    const key = join(folder, 'key')
    const recipient = (await run('backup', 'keygen', '--to', key)).stdout.trim()
    const to = join(folder, 'to')
    expect((await run('backup', 'files', '--source', uploads, '--to', to, '--recipient', recipient)).exitCode).toBe(0)
    expect((await run('backup', 'verify', '--from', to, '--identity', key)).exitCode).toBe(0)
    const tar = join(folder, 'out.tar')
    expect(
      (await run('backup', 'extract', '--from', to, '--identity', key, '--what', 'application-files', '--to-file', tar))
        .exitCode,
    ).toBe(0)
    expect(execFileSync('tar', ['-xOf', tar, 'uploads/a b.bin']).equals(readFileSync(join(uploads, 'a b.bin')))).toBe(
      true,
    )
  })

  it('are made of everything at once, and a part that fails is told with code 8', async () => {
    const folder = scratchFolder()
    const to = join(folder, 'to')
    for (const name of ['uploads', 'captures']) {
      mkdirSync(join(folder, name))
      writeFileSync(join(folder, name, 'one'), name)
    }
    const full = (...sources: string[]) =>
      run(
        'backup',
        'full',
        '--url',
        cluster.url(),
        '--to',
        to,
        ...sources.flatMap((name) => ['--source', join(folder, name)]),
      )
    const whole = await full('uploads', 'captures')
    expect(whole.exitCode, whole.stderr).toBe(0)
    for (const part of ['database', 'uploads', 'captures'])
      expect((await run('backup', 'verify', '--from', join(to, part), '--url', cluster.url())).exitCode, part).toBe(0)
    const partly = await full('uploads', 'missing')
    expect(partly.exitCode).toBe(8)
    expect(partly.stdout).toContain('2 of 3 parts')
    expect(readdirSync(join(to, 'missing')).filter((name) => !name.startsWith('.'))).toEqual([])
    for (const sources of [[], ['uploads', 'uploads'], ['database']]) expect((await full(...sources)).exitCode).toBe(2)
    await cluster.shutdown()
    expect((await full('uploads')).exitCode).toBe(8)
    await cluster.start()
  })
})
