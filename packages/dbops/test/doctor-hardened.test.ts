import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectServer, parseConnection, Secret } from '@pcap-analyzer/dbops'
import { afterAll, describe, expect, it } from 'vitest'
import { generateSettings } from '../src/settings/generate-settings.ts'
import { clusterOfTest } from './support/cluster.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'

const { run, remove } = newCommandLine()
afterAll(remove)

describe('T90 a cluster that dbops hardened', () => {
  it('has no failure left, and the application still works over verified TLS', async () => {
    const cluster = await clusterOfTest({
      isDurable: true,
      initArguments: ['--data-checksums'],
      settings: { shared_buffers: '32MB' },
    })
    const folder = scratchFolder()
    const admin = `postgresql://postgres@${encodeURIComponent(cluster.socketFolder)}:${cluster.port}/app`
    const done = async (...words: string[]) => {
      const ran = await run(...words)
      expect([words.slice(0, 2), ran.exitCode], ran.stdout + ran.stderr).toEqual([words.slice(0, 2), 0])
      return ran
    }
    cluster.sql('create database app')
    await done('setup', '--to', folder, '--host', 'localhost', '--database', 'app')
    // the handshake that proves the certificate needs TCP
    await done(
      'tls',
      'install',
      '--from',
      join(folder, 'tls'),
      '--host',
      'localhost',
      '--url',
      `postgresql://postgres@localhost:${cluster.port}/app`,
      '--apply',
    )
    const file = join(folder, 'roles.yaml')
    writeFileSync(
      file,
      'database: app\nschemas: [app]\nextensions: [pg_stat_statements]\nclosedDatabases: [postgres]\n',
    )
    const settings = generateSettings({ memoryMb: 256, cpus: 2, connections: 50, storage: 'ssd', workload: 'web' })
    const more = [
      ['unix_socket_permissions', '0770'],
      ['listen_addresses', 'localhost'],
    ] as const
    const sets = [...settings.map(({ name, value }) => [name, value] as const), ...more].flatMap(([name, value]) => [
      '--set',
      `${name}=${value}`,
    ])
    await done('conf', 'apply', ...sets, '--url', admin, '--apply')
    await cluster.restart()
    await done('roles', 'apply', '--url', admin, '--file', file, '--passwords', join(folder, 'passwords'), '--apply')
    cluster.sql(
      'set role app_owner; create table app.tasks (id bigint generated always as identity, owner_id int, note text)',
      'app',
    )
    await done('rls', 'apply', '--table', 'app.tasks', '--owner-column', 'owner_id', '--url', admin, '--apply')
    const hba = join(folder, 'pg_hba.conf')
    const generated = (
      await done('hba', 'generate', '--client', 'app:app_app_a:127.0.0.1/32', '--client', 'app:app_app_b:127.0.0.1/32')
    ).stdout
    // the server's owner is not the one who runs this test, so that peer is mapped to them
    const who = execFileSync('id', ['-un'], { encoding: 'utf8' }).trim()
    writeFileSync(join(cluster.dataFolder, 'pg_ident.conf'), `admins ${who} postgres\nadmins postgres postgres\n`)
    writeFileSync(hba, generated.replace('"postgres" peer', '"postgres" peer map=admins'))
    await done('hba', 'apply', hba, '--url', admin, '--apply')
    const key = join(folder, 'backup.key')
    const recipient = (await done('backup', 'keygen', '--to', key)).stdout.trim()
    const backups = join(folder, 'backups')
    await done('backup', 'create', '--url', admin, '--to', backups, '--recipient', recipient)
    await done('backup', 'verify', '--from', backups, '--identity', key, '--url', admin)
    await done('backup', 'drill', '--from', backups, '--identity', key, '--url', admin)
    const examined = await run(
      'doctor',
      '--url',
      admin,
      '--app-role',
      'app_app_a',
      '--schema',
      'app',
      '--tenant-column',
      'owner_id',
      '--backups',
      backups,
      '--environment',
      'production',
      '--format',
      'json',
    )
    const failed = examined.json().checks.filter(({ verdict }) => verdict === 'fail')
    expect(failed).toEqual([])
    expect(examined.exitCode).toBe(0)
    const password = new Secret(readFileSync(join(folder, 'passwords/app_app_a'), 'utf8').trim())
    const url = `postgresql://app_app_a@localhost:${cluster.port}/app?sslmode=verify-full&sslrootcert=${encodeURIComponent(join(folder, 'tls/ca.crt'))}`
    const app = await connectServer({
      ...parseConnection(url),
      hosts: [{ host: 'localhost', port: cluster.port }],
      password,
      channelBinding: 'require',
    })
    await app.query(
      "begin; select set_config('app.current_user_id', '7', true); insert into app.tasks (owner_id, note) values (7, 'x'); commit",
    )
    await app.end()
    await cluster.stop()
  })
})
