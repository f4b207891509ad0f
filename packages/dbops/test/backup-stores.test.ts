import { chmodSync, existsSync, globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { knownKeys } from '../src/backup-stores/known-hosts.ts'
import { startAzureBlobServer } from './support/azure-blob-server.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'
import { startSftpServer } from './support/sftp-server.ts'
import { seedShop } from './support/shop.ts'

let cluster: TestCluster
const CANARY = 'canary-of-the-store-5b1e'
beforeAll(async () => {
  cluster = await startCluster()
  cluster.sql('create database shop')
  seedShop(cluster, 'shop')
  // more than one part of 8 MiB, also when it is stored uncompressed
  cluster.sql(
    'create table app.bulk as select n, md5(n::text) || md5((n * 7)::text) as t from generate_series(1, 130000) n',
    'shop',
  )
})
afterAll(() => cluster.stop())

/** A store that a test may damage: words and variables that name it, and its files. */
interface TestedStore {
  readonly place: string
  readonly words: readonly string[]
  readonly variables: Record<string, string>
  /** Changes one byte in the middle of a file whose key ends so. */
  damage(end: string): void
  keys(): string[]
}

const stores: Record<string, () => Promise<TestedStore>> = {
  async 'S3-compatible'() {
    const directory = scratchFolder()
    const S3rver = createRequire(import.meta.url)('s3rver')
    const bucket = { name: 'backups' }
    const server = new S3rver({ port: 0, address: '127.0.0.1', silent: true, directory, configureBuckets: [bucket] })
    const { port } = await server.run()
    onTestFinished(() => server.close())
    return {
      place: `http://127.0.0.1:${port}/backups`,
      words: ['--prefix', 'app', '--region', 'us-east-1'],
      variables: { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' },
      ...filesBelow(join(directory, 'backups/app'), '._S3rver_object'),
    }
  },
  async 'Azure (simulated)'() {
    const server = await startAzureBlobServer()
    onTestFinished(() => server.close())
    return {
      place: server.place,
      words: ['--prefix', 'app'],
      variables: { AZURE_STORAGE_ACCOUNT: server.account, AZURE_STORAGE_KEY: server.key },
      damage: (end) => {
        const [name] = [...server.blobs.keys()].filter((key) => key.endsWith(end))
        const { bytes } = server.blobs.get(name) ?? { bytes: Buffer.alloc(0) }
        bytes[bytes.length >> 1] ^= 1
      },
      keys: () => [...server.blobs.keys()].map((key) => key.replace(/^app\//, '')),
    }
  },
  async SFTP() {
    const folder = scratchFolder()
    const server = await startSftpServer(folder, 'site', CANARY)
    onTestFinished(() => server.close())
    const knownHosts = join(scratchFolder(), 'known_hosts')
    writeFileSync(knownHosts, server.knownHost)
    const key = join(scratchFolder(), 'key')
    writeFileSync(key, server.clientKey, { mode: 0o600 })
    return {
      place: `sftp://site@127.0.0.1:${server.port}/srv/backups`,
      words: ['--ssh-key', key, '--known-hosts', knownHosts],
      variables: {},
      ...filesBelow(join(folder, 'srv/backups')),
    }
  },
  async 'another folder'() {
    const folder = scratchFolder()
    return { place: `file:${folder}`, words: [], variables: {}, ...filesBelow(folder) }
  },
  async 'a program of the site'() {
    const [folder, bin] = [scratchFolder(), scratchFolder()]
    const program = join(bin, 'store')
    writeFileSync(
      program,
      `#!/bin/sh
set -e
cd "${folder}"
case "$1" in
put) mkdir -p "$(dirname "$2")"; cat > "$2.part"; mv "$2.part" "$2" ;;
get) cat "$2" ;;
list) find . -type f -printf '%s %P\\n' ;;
remove) rm -f "$2"; rmdir --ignore-fail-on-non-empty "$(dirname "$2")" ;;
esac
`,
    )
    chmodSync(program, 0o755)
    return { place: `exec:${program}`, words: [], variables: {}, ...filesBelow(folder) }
  },
}

/** @param suffix of the file that holds the object, where the store keeps it otherwise */
function filesBelow(root: string, suffix = ''): Pick<TestedStore, 'damage' | 'keys'> {
  const keys = () =>
    globSync('*/*', { cwd: root })
      .filter((key) => key.endsWith(suffix))
      .map((key) => key.slice(0, key.length - suffix.length))
      .sort()
  return {
    keys,
    damage: (end) => {
      const path = join(root, `${keys().find((key) => key.endsWith(end))}${suffix}`)
      const bytes = readFileSync(path)
      bytes[bytes.length >> 1] ^= 1
      writeFileSync(path, bytes)
    },
  }
}

describe('stores of backups', () => {
  it.each(Object.entries(stores))(
    '%s: what is put is read back; list, verify, status, restore, drill and cleanup work as with a folder',
    async (_, start) => {
      const { place, words, variables, damage, keys } = await start()
      const { run, stateFolder, remove } = newCommandLine(variables)
      onTestFinished(remove)
      const here = scratchFolder()
      const fine = async (...line: string[]) => {
        const ran = await run(...line, ...words)
        expect([line.slice(0, 2), ran.exitCode, ran.stderr.match(/error.*/)?.[0]]).toEqual([
          line.slice(0, 2),
          0,
          undefined,
        ])
        return ran
      }
      for (let count = 0; count < 2; count++) {
        const made = await run('backup', 'create', '--url', cluster.url('shop'), '--to', here, '--compression', 'none')
        expect(made.exitCode, made.stderr).toBe(0)
      }
      const made = (await run('backup', 'list', '--from', here, '--format', 'json')).json().data as { id: string }[]
      const ids = made.map(({ id }) => id).reverse()
      await fine('backup', 'push', '--all', '--from', here, '--endpoint', place)
      expect((await fine('backup', 'push', '--all', '--from', here, '--endpoint', place)).stdout).toContain(
        '0 backup(s)',
      )
      expect([...new Set(keys().map((key) => key.split('/')[0]))].sort()).toEqual(ids.toSorted())
      // what a process fetched that was killed; no process has this number
      mkdirSync(join(stateFolder, 'fetched-99999999-x'))
      const verified = await fine('backup', 'verify', '--from', place, '--url', cluster.url())
      expect(verified.stdout).toContain('verified at level 3')
      const listed = (await fine('backup', 'list', '--from', place, '--format', 'json')).json()
      expect(listed.data).toMatchObject([
        { id: ids[1], state: 'good', verifiedLevel: 3, database: 'shop' },
        { id: ids[0], state: 'good', verifiedLevel: 0 },
      ])
      expect((await run('backup', 'status', '--from', place, ...words)).stdout).toContain('ok      backup.rpo')
      const restore = ['backup', 'restore', '--from', place, '--url', cluster.url(), '--into', 'from_store']
      await fine(...restore)
      await fine(...restore, '--apply')
      expect(cluster.sql('select count(*) from app.bulk', 'from_store')).toBe('130000')
      cluster.sql('drop database from_store')
      const there = scratchFolder()
      await fine('backup', 'pull', ids[0], '--to', there, '--endpoint', place)
      expect(readFileSync(join(there, ids[0], 'manifest.json'))).toEqual(
        readFileSync(join(here, ids[0], 'manifest.json')),
      )
      const cleanup = [
        'backup',
        'cleanup',
        '--from',
        place,
        '--min-count',
        '1',
        '--keep-last',
        '1',
        '--keep-daily',
        '0',
      ]
      const rules = ['--keep-weekly', '0', '--keep-monthly', '0', '--keep-yearly', '0']
      expect((await fine(...cleanup, ...rules)).stdout).toContain(`delete ${ids[0]}`)
      expect(keys().some((key) => key.startsWith(ids[0]))).toBe(true)
      await fine(...cleanup, ...rules, '--apply')
      expect([...new Set(keys().map((key) => key.split('/')[0]))]).toEqual([ids[1]])
      damage('.dump')
      expect((await run('backup', 'verify', '--from', place, ...words)).exitCode).toBe(5)
      expect((await run('backup', 'pull', '--to', there, '--endpoint', place, ...words)).exitCode).toBe(5)
      expect(readdirSync(there)).toEqual([ids[0]])
      expect(readdirSync(stateFolder).filter((name) => name.startsWith('fetched-'))).toEqual([])
    },
  )
})

describe('a store that is not what it should be', () => {
  it('over SFTP: a host that is unknown, changed or revoked is never spoken to, a login that is wrong is told', async () => {
    const server = await startSftpServer(scratchFolder(), 'site', CANARY)
    onTestFinished(() => server.close())
    const folder = scratchFolder()
    const known = join(folder, 'known_hosts')
    const password = join(folder, 'password')
    writeFileSync(password, `${CANARY}\n`, { mode: 0o600 })
    const { run, remove } = newCommandLine({ SFTP_PASSWORD_FILE: password })
    onTestFinished(remove)
    const list = async (hosts: string) => {
      writeFileSync(known, hosts)
      const place = `sftp://site@127.0.0.1:${server.port}/`
      const { exitCode, stdout, stderr } = await run('backup', 'list', '--from', place, '--known-hosts', known)
      expect(stdout + stderr).not.toContain(CANARY)
      return [exitCode, /error: .*/.exec(stderr)?.[0]]
    }
    expect(await list(server.knownHost)).toEqual([0, undefined])
    expect(await list('')).toEqual([3, expect.stringContaining('not among the known hosts')])
    const stranger = server.knownHost.replace(/(ssh-ed25519 \S+)\w{8}/, '$1AAAAAAAA')
    expect(await list(stranger)).toEqual([3, expect.stringContaining('is not the known one')])
    expect(await list(`${server.knownHost}@revoked ${server.knownHost}`)).toEqual([3, expect.any(String)])
    writeFileSync(password, 'wrong-password\n')
    expect(await list(server.knownHost)).toEqual([4, expect.stringContaining('does not let site in')])
    await server.close()
    expect(await list(server.knownHost)).toEqual([3, expect.any(String)])
  })

  it('a connection that is lost in the middle leaves nothing that looks like a backup; the next push completes it', async () => {
    const folder = scratchFolder()
    const server = await startSftpServer(folder, 'site', CANARY)
    onTestFinished(() => server.close())
    const keys = scratchFolder()
    writeFileSync(join(keys, 'known_hosts'), server.knownHost)
    writeFileSync(join(keys, 'key'), server.clientKey, { mode: 0o600 })
    const { run, remove } = newCommandLine()
    onTestFinished(remove)
    const words = ['--ssh-key', join(keys, 'key'), '--known-hosts', join(keys, 'known_hosts')]
    const place = `sftp://site@127.0.0.1:${server.port}/b`
    const here = scratchFolder()
    await run('backup', 'create', '--url', cluster.url('shop'), '--to', here, '--compression', 'none')
    server.dropAfterBytes = 2_000_000
    const broken = await run('backup', 'push', '--from', here, '--endpoint', place, ...words)
    expect([broken.exitCode, broken.stderr]).toEqual([3, expect.stringContaining('sftp://site@127.0.0.1')])
    server.dropAfterBytes = null
    expect((await run('backup', 'list', '--from', place, ...words)).stdout).toContain('0 backup(s)')
    expect((await run('backup', 'push', '--from', here, '--endpoint', place, ...words)).exitCode).toBe(0)
    expect((await run('backup', 'verify', '--from', place, ...words)).exitCode).toBe(0)
  })

  it('on Azure: a signature in the URL is enough, a wrong one is told, a busy service is asked again', async () => {
    const server = await startAzureBlobServer()
    onTestFinished(() => server.close())
    const variables: Record<string, string> = { AZURE_STORAGE_SAS_TOKEN: server.sas }
    const { run, remove } = newCommandLine(variables)
    onTestFinished(remove)
    const here = scratchFolder()
    await run('backup', 'create', '--url', cluster.url('postgres'), '--to', here)
    server.refusals.push(503, 500, 429)
    const pushed = await run('backup', 'push', '--from', here, '--endpoint', server.place)
    expect(pushed.exitCode, pushed.stderr).toBe(0)
    const wrong = newCommandLine({ AZURE_STORAGE_SAS_TOKEN: `sv=1&sig=${CANARY}` })
    onTestFinished(wrong.remove)
    const refused = await wrong.run('backup', 'list', '--from', server.place)
    expect([refused.exitCode, refused.stdout + refused.stderr]).toEqual([4, expect.not.stringContaining(CANARY)])
    const inName = await run('backup', 'list', '--from', `${server.place}?sig=${CANARY}`)
    expect([inName.exitCode, inName.stdout + inName.stderr]).toEqual([2, expect.not.stringContaining(CANARY)])
  })

  it('names that lead elsewhere are not followed, a program that fails is told, a folder that is not mounted is not filled', async () => {
    const bin = scratchFolder()
    const program = join(bin, 'store')
    const write = (list: string) =>
      writeFileSync(
        program,
        `#!/bin/sh\n[ "$1" = list ] && { ${list}; exit; }\necho "no $1 ${CANARY.length}" >&2; exit 3\n`,
      )
    write("printf '5 ../../etc/passwd\\n5 .ssh/authorized_keys\\n5 a/../b\\n5 a/b/c\\n'")
    chmodSync(program, 0o755)
    const { run, remove } = newCommandLine()
    onTestFinished(remove)
    expect((await run('backup', 'list', '--from', `exec:${program}`)).stdout).toContain('0 backup(s)')
    write('echo nonsense')
    expect((await run('backup', 'list', '--from', `exec:${program}`)).exitCode).toBe(70)
    const here = scratchFolder()
    await run('backup', 'create', '--url', cluster.url('postgres'), '--to', here)
    write('true')
    const failed = await run('backup', 'push', '--from', here, '--endpoint', `exec:${program}`)
    expect([failed.exitCode, failed.stderr]).toEqual([70, expect.stringContaining('put ended with 3: no put')])
    const missing = join(bin, 'mount')
    expect((await run('backup', 'push', '--from', here, '--endpoint', `file:${missing}`)).exitCode).toBe(2)
    expect(existsSync(missing)).toBe(false)
  })
})

describe('known hosts', () => {
  const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIJl8pT6aY3fXo0sCq5j1bq1p3r8F2m0W6oJt6S5z7VxD'
  const count = (text: string, host: string, port = 22) => knownKeys(text, host, port).length

  it('are found under names, ports, patterns and hashes as OpenSSH writes them, and nowhere else', () => {
    expect(count(`store.example,192.0.2.7 ssh-ed25519 ${key} comment`, 'STORE.example')).toBe(1)
    expect(count(`[store.example]:2222 ssh-ed25519 ${key}`, 'store.example', 2222)).toBe(1)
    expect(count(`store.example ssh-ed25519 ${key}`, 'store.example', 2222)).toBe(0)
    expect(count(`*.example,!bad.example ssh-ed25519 ${key}`, 'good.example')).toBe(1)
    expect(count(`*.example,!bad.example ssh-ed25519 ${key}`, 'bad.example')).toBe(0)
    expect(count(`storeXexample ssh-ed25519 ${key}`, 'store.example')).toBe(0)
    // what ssh-keygen -H makes of store.example
    const hashed = `|1|W3YjS5tiYrE2laaqZ1p55j7Plz0=|Ivuzsbp+ViuYoaxj1nD7cQ0ilO0= ssh-ed25519 ${key}`
    expect([count(hashed, 'store.example'), count(hashed, 'other.example')]).toEqual([1, 0])
    expect(knownKeys(`@revoked * ssh-ed25519 ${key}`, 'a', 22)).toMatchObject([{ isRevoked: true }])
    expect(count(`# store.example ssh-ed25519 ${key}\n@cert-authority * ssh-ed25519 ${key}\n\n`, 'a')).toBe(0)
  })
})
