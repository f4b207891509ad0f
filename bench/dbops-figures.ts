import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { createBackup } from '../packages/dbops/src/backup/create-backup.ts'
import { runDrill } from '../packages/dbops/src/backup/drill.ts'
import { newIdentity, readIdentity } from '../packages/dbops/src/backup/recipients.ts'
import { connectServer } from '../packages/dbops/src/connection/connect.ts'
import { parseConnection } from '../packages/dbops/src/connection/url.ts'
import { planRotation, rotateDual } from '../packages/dbops/src/rotation/rotate-dual.ts'
import { FileLoginStore } from '../packages/dbops/src/rotation/secret-store.ts'
import { Secret } from '../packages/dbops/src/secret.ts'
import { Journal } from '../packages/dbops/src/state/journal.ts'
import { startCluster, type TestCluster } from '../packages/dbops/src/testing/cluster.ts'

// node --conditions=development bench/dbops-figures.ts [--megabytes 1024] [--write]
// Measures what docs/reference/dbops-figures.md says, on a cluster of its own; about four minutes for a gigabyte.

const words = process.argv.slice(2)
const megabytes = Number(words[words.indexOf('--megabytes') + 1] ?? 1024) || 1024
const folder = mkdtempSync(join(tmpdir(), 'dbops-figures-'))
const state = join(folder, 'state')
const identity = newIdentity()
const keys = { stateFolder: state, identities: [readIdentity(identity.privateKeyPem)] }

const cluster = await startCluster({
  hba: ['local all all trust', 'host all postgres 127.0.0.1/32 trust', 'host all all 127.0.0.1/32 scram-sha-256'],
  settings: { max_wal_size: '4GB', shared_buffers: '256MB' },
})
try {
  const rotation = await measureRotation(cluster)
  const backup = await measureBackups(cluster)
  const text = report(rotation, backup)
  console.log(text)
  if (words.includes('--write')) writeFileSync(join(import.meta.dirname, '../docs/reference/dbops-figures.md'), text)
} finally {
  await cluster.stop()
  rmSync(folder, { recursive: true, force: true })
}

interface Tally {
  readonly fine: number
  readonly failed: number
}

async function measureRotation(server: TestCluster): Promise<{ rotations: number; dual: Tally; naive: Tally }> {
  server.sql(
    "create database app; create role app_group; create role app_a login in role app_group password 'first-password-of-a'; create role app_b in role app_group",
  )
  const admin = parseConnection(server.url('app'))
  const store = new FileLoginStore(join(folder, 'login.json'))
  await store.write({ user: 'app_a', password: new Secret('first-password-of-a') })
  const rotations = 20
  const dual = await underLoad(async () => {
    for (let count = 0; count < rotations; count++) {
      const options = { admin, logins: ['app_a', 'app_b'] as const, store, graceMs: 5_000, pollMs: 20 }
      const journal = Journal.begin(join(folder, 'journal'), {
        kind: 'rotate',
        target: 'app',
        payload: await planRotation(options),
      })
      await rotateDual(options, journal)
    }
  })
  const { user } = await store.read()
  const naive = await underLoad(async () => {
    for (let count = 0; count < rotations; count++) {
      server.sql(`alter role ${user} password 'naive-password-${count}'`)
      await setTimeout(50) // what a provider takes to publish
      await store.write({ user, password: new Secret(`naive-password-${count}`) })
      await setTimeout(100)
    }
  })
  return { rotations, dual, naive }

  async function underLoad(work: () => Promise<void>): Promise<Tally> {
    const tally = { fine: 0, failed: 0 }
    let isOver = false
    const clients = Array.from({ length: 4 }, async () => {
      while (!isOver) {
        try {
          const { user: name, password } = await store.read()
          const client = await connectServer({ ...admin, user: name, password })
          await client.end()
          tally.fine++
        } catch {
          tally.failed++
        }
      }
    })
    await work()
    isOver = true
    await Promise.all(clients)
    return tally
  }
}

interface BackupFigures {
  readonly databaseMb: number
  readonly plainSeconds: readonly number[]
  readonly ourSeconds: readonly number[]
  readonly plainMb: number
  readonly ourMb: number
  readonly drillSeconds: number
  readonly rows: number
}

async function measureBackups(server: TestCluster): Promise<BackupFigures> {
  server.sql('create database big')
  // about a megabyte for 4000 rows: numbers, times and text as applications have them
  const rows = megabytes * 4_000
  server.sql(
    `create table events (id bigint, owner_id int, at timestamptz, kind text, payload jsonb, note text);
    insert into events select n, n % 1000, timestamptz '2026-01-01' + n * interval '1 second', 'kind-' || n % 17,
      jsonb_build_object('n', n, 'hash', md5(n::text)), repeat(md5((n * 7)::text), 3) from generate_series(1, ${rows}) n;
    create index on events (owner_id); alter table events add primary key (id); vacuum analyze events`,
    'big',
  )
  const parameters = parseConnection(server.url('big'))
  const plainSeconds: number[] = []
  const ourSeconds: number[] = []
  const to = join(folder, 'backups')
  const plainFile = join(folder, 'plain.dump')
  let ourMb = 0
  let newest = ''
  for (let round = 0; round < 3; round++) {
    plainSeconds.push(await seconds(() => dumpPlain(server, plainFile)))
    ourSeconds.push(
      await seconds(async () => {
        const manifest = await createBackup({ parameters, to, ...keys, recipients: [identity.recipient] })
        ourMb = manifest.files.reduce((sum, { storedBytes }) => sum + storedBytes, 0) / (1 << 20)
        newest = manifest.id
      }),
    )
  }
  const evidence = await runDrill({
    ...keys,
    folder: join(to, newest),
    server: parseConnection(server.url()),
    smokeQueries: ['select 1 from events limit 1'],
    now: () => new Date(),
  })
  if (!evidence.isGood) throw new Error(`the drill failed: ${evidence.problems.join('; ')}`)
  return {
    databaseMb: Number(server.sql('select pg_database_size(current_database()) / 1048576', 'big')),
    plainSeconds,
    ourSeconds,
    plainMb: statSync(plainFile).size / (1 << 20),
    ourMb,
    drillSeconds: evidence.recoveryTimeMs / 1000,
    rows,
  }
}

async function dumpPlain(server: TestCluster, file: string): Promise<void> {
  const child = spawn(
    join(server.binaries, 'pg_dump'),
    ['-Fc', '-h', '127.0.0.1', '-p', String(server.port), '-U', 'postgres', '-f', file, 'big'],
    { stdio: 'inherit' },
  )
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`pg_dump ended with ${code}`)
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const startMs = performance.now()
  await work()
  return (performance.now() - startMs) / 1000
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
}

function report(rotation: Awaited<ReturnType<typeof measureRotation>>, backup: BackupFigures): string {
  const version = execFileSync(join(cluster.binaries, 'postgres'), ['--version'], { encoding: 'utf8' }).trim()
  const shown = (values: readonly number[]): string =>
    `${median(values).toFixed(1)} s (${values.map((value) => value.toFixed(1)).join(', ')})`
  const ratio = median(backup.plainSeconds) / median(backup.ourSeconds)
  return `# Figures of dbops

Made by \`node --conditions=development bench/dbops-figures.ts --write\`; ${version}, Node ${process.versions.node}, ${cpus().length} processors
(${cpus()[0].model}), server and client on one machine, medians of three with all values; their spread
tells how quiet the machine was.

| what | figure | beside it |
| --- | --- | --- |
| new connections during ${rotation.rotations} rotations | ${rotation.dual.failed} failed of ${rotation.dual.fine + rotation.dual.failed} | changing one role's password: ${rotation.naive.failed} failed of ${rotation.naive.fine + rotation.naive.failed} |
| backup of ${backup.databaseMb} MB (${backup.rows} rows), proof of rows, zstd and encryption | ${shown(backup.ourSeconds)}, ${backup.ourMb.toFixed(0)} MB | plain \`pg_dump -Fc\`: ${shown(backup.plainSeconds)}, ${backup.plainMb.toFixed(0)} MB |
| throughput as a ratio to plain \`pg_dump -Fc\` | ${ratio.toFixed(2)} | at least 0.8 is demanded |
| recovery time in a drill: decrypt, restore, compare every row | ${backup.drillSeconds.toFixed(1)} s | |

Counted by the tests, in every run of them:

| what | figure | test |
| --- | --- | --- |
| flipped bits in backups of nine kinds that were seen at level 1 | 1800 of 1800 | T51 |
| cut, swapped and repeated chunks, files and manifests that were seen | all | T51 |
| backups killed (command, group, \`pg_dump\`, server) without a bad one listed as good | 50 moments | T52 |
| restores killed with the live database untouched | 50 moments | T53 |
| kills of a rotation of twins, before, after and within each step, that left a login that works and were resumed | 13 of 13 | T71 |
| kills of a rotation in place, in both orders, that were resumed to one password that works | 22 of 22 | T71 |
`
}
