import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
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

/** Tables of the measured database, and programs of the parallel runs. */
const TABLES = 4
const JOBS = 2

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

/** What a piece of work took by the clock, and of all processors together (ours, our programs, the server). */
interface Cost {
  readonly seconds: number
  readonly cpuSeconds: number
}

interface BackupFigures {
  readonly databaseMb: number
  readonly plain: readonly Cost[]
  readonly ours: readonly Cost[]
  readonly parallel: readonly Cost[]
  readonly plainMb: number
  readonly ourMb: number
  readonly drill: Cost
  readonly parallelDrill: Cost
  readonly rows: number
}

async function measureBackups(server: TestCluster): Promise<BackupFigures> {
  server.sql('create database big')
  // about a megabyte for 4000 rows: numbers, times and text as applications have them
  const rows = megabytes * 4_000
  server.sql(
    Array.from(
      { length: TABLES },
      (
        _,
        table,
      ) => `create table events_${table} (id bigint, owner_id int, at timestamptz, kind text, payload jsonb, note text);
    insert into events_${table} select n, n % 1000, timestamptz '2026-01-01' + n * interval '1 second', 'kind-' || n % 17,
      jsonb_build_object('n', n, 'hash', md5(n::text)), repeat(md5((n * 7)::text), 3) from generate_series(1, ${rows / TABLES}) n;
    create index on events_${table} (owner_id); alter table events_${table} add primary key (id);`,
    ).join('\n'),
    'big',
  )
  server.sql('vacuum analyze', 'big')
  const parameters = parseConnection(server.url('big'))
  const plain: Cost[] = []
  const ours: Cost[] = []
  const parallel: Cost[] = []
  const to = join(folder, 'backups')
  const plainFile = join(folder, 'plain.dump')
  let ourMb = 0
  let newest = ''
  for (let round = 0; round < 3; round++) {
    plain.push(await cost(server, () => dumpPlain(server, plainFile)))
    ours.push(
      await cost(server, async () => {
        const manifest = await createBackup({ parameters, to, ...keys, recipients: [identity.recipient] })
        ourMb = manifest.files.reduce((sum, { storedBytes }) => sum + storedBytes, 0) / (1 << 20)
        newest = manifest.id
      }),
    )
    parallel.push(
      await cost(server, async () => {
        await createBackup({ parameters, to, ...keys, recipients: [identity.recipient], jobs: JOBS })
      }),
    )
  }
  const drill = async (jobs: number): Promise<Cost> =>
    await cost(server, async () => {
      const evidence = await runDrill({
        ...keys,
        folder: join(to, newest),
        server: parseConnection(server.url()),
        smokeQueries: ['select 1 from events_0 limit 1'],
        jobs,
        now: () => new Date(),
      })
      if (!evidence.isGood) throw new Error(`the drill failed: ${evidence.problems.join('; ')}`)
    })
  return {
    databaseMb: Number(server.sql('select pg_database_size(current_database()) / 1048576', 'big')),
    plain,
    ours,
    parallel,
    plainMb: statSync(plainFile).size / (1 << 20),
    ourMb,
    drill: await drill(1),
    parallelDrill: await drill(JOBS),
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

async function cost(server: TestCluster, work: () => Promise<void>): Promise<Cost> {
  const startMs = performance.now()
  const startCpu = cpuSeconds(server)
  await work()
  const seconds = (performance.now() - startMs) / 1000
  await setTimeout(500) // until the server has seen the sessions end, and counts them
  return { seconds, cpuSeconds: cpuSeconds(server) - startCpu }
}

/** Of this process and the server, each with its children that have ended (proc(5)). */
function cpuSeconds(server: TestCluster): number {
  const postmaster = readFileSync(join(server.dataFolder, 'postmaster.pid'), 'utf8').split('\n')[0]
  return ['self', postmaster].reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return sum + fields.slice(11, 15).reduce((ticks, field) => ticks + Number(field), 0) / 100
  }, 0)
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
}

function report(rotation: Awaited<ReturnType<typeof measureRotation>>, backup: BackupFigures): string {
  const version = execFileSync(join(cluster.binaries, 'postgres'), ['--version'], { encoding: 'utf8' }).trim()
  const shown = (costs: readonly Cost[]): string => {
    const clock = costs.map(({ seconds }) => seconds)
    const cpu = median(costs.map((one) => one.cpuSeconds)).toFixed(1)
    const spread = costs.length === 1 ? '' : ` (${clock.map((value) => value.toFixed(1)).join(', ')})`
    return `${median(clock).toFixed(1)} s${spread}, ${cpu} s of processors`
  }
  const secondsOf = (costs: readonly Cost[]): number => median(costs.map(({ seconds }) => seconds))
  const cpuOf = (costs: readonly Cost[]): number => median(costs.map((one) => one.cpuSeconds))
  const { plain, ours, parallel, drill, parallelDrill } = backup
  const [load] = loadavg()
  return `# Figures of dbops

Made by \`node --conditions=development bench/dbops-figures.ts --write\`; ${version}, Node ${process.versions.node}, ${cpus().length} processors
(${cpus()[0].model}), on ${new Date().toISOString().slice(0, 10)}, server and client on one machine, medians of three with all
values; their spread, and ${load.toFixed(1)} programs that wanted a processor at the end, tell how quiet the machine was. Seconds of processors
depend less on it.

| what | figure | beside it |
| --- | --- | --- |
| new connections during ${rotation.rotations} rotations | ${rotation.dual.failed} failed of ${rotation.dual.fine + rotation.dual.failed} | changing one role's password: ${rotation.naive.failed} failed of ${rotation.naive.fine + rotation.naive.failed} |
| backup of ${backup.databaseMb} MB (${backup.rows} rows in ${TABLES} tables), proof of rows, zstd and encryption | ${shown(ours)}, ${backup.ourMb.toFixed(0)} MB | plain \`pg_dump -Fc\`: ${shown(plain)}, ${backup.plainMb.toFixed(0)} MB |
| throughput as a ratio to plain \`pg_dump -Fc\`, by the clock and by processors | ${(secondsOf(plain) / secondsOf(ours)).toFixed(2)}, ${(cpuOf(plain) / cpuOf(ours)).toFixed(2)} | at least 0.8 is demanded |
| the same backup with \`--jobs ${JOBS}\` | ${shown(parallel)} | ${(secondsOf(ours) / secondsOf(parallel)).toFixed(2)} times as fast as one program |
| recovery time in a drill: decrypt, restore, compare every row | ${shown([drill])} | with \`--jobs ${JOBS}\`: ${shown([parallelDrill])} |

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
