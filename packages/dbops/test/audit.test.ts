import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectServer, parseConnection, Secret } from '@pcap-analyzer/dbops'
import { describe, expect, it } from 'vitest'
import { type Operation, OperationsLog } from '../src/audit/operations-log.ts'
import { ingestServerLog } from '../src/audit/server-log.ts'
import { verifyOperationsLog } from '../src/audit/verify-log.ts'
import { clusterOfTest } from './support/cluster.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'

const operation = (reason: string): Operation => ({
  command: 'test',
  target: null,
  outcome: 'ok',
  exitCode: 0,
  reason,
  durationMs: 1,
})

async function filled(lines = 12): Promise<string> {
  const folder = join(scratchFolder(), 'audit')
  const log = new OperationsLog({ folder })
  for (let count = 0; count < lines; count++) {
    await log.append(operation(`line ${count}`))
    if (count % 4 === 3) await log.rotate()
  }
  await log.append(operation('last'))
  return folder
}

describe('T80 the operations log', () => {
  const segment = (number: number) => `operations-${String(number).padStart(6, '0')}.jsonl`
  const edit = (name: string, change: (lines: string[]) => string[]) => (folder: string) => {
    const path = join(folder, name)
    const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
    writeFileSync(path, `${change(lines).join('\n')}\n`)
  }
  it.each<[string, (folder: string) => void]>([
    ['an edited line', edit(segment(2), (lines) => [lines[0].replace('line 4', 'line 9'), ...lines.slice(1)])],
    ['an inserted line', edit(segment(2), (lines) => [lines[0], lines[0], ...lines.slice(1)])],
    ['a deleted line', edit(segment(2), (lines) => [lines[0], ...lines.slice(2)])],
    ['swapped lines', edit(segment(2), (lines) => [lines[1], lines[0], ...lines.slice(2)])],
    ['a cut tail', edit(segment(3), (lines) => lines.slice(0, -1))],
    ['a cut tail of the newest segment', (folder) => writeFileSync(join(folder, segment(4)), '')],
    [
      'half a line at the end',
      (folder) => writeFileSync(join(folder, segment(4)), readFileSync(join(folder, segment(4)), 'utf8').slice(0, -20)),
    ],
    ['a deleted segment', (folder) => rmSync(join(folder, segment(2)))],
    ['a deleted newest segment', (folder) => rmSync(join(folder, segment(4)))],
    ['a segment of another log', (folder) => writeFileSync(join(folder, 'operations-000099.jsonl'), '{}\n')],
    [
      'a replaced head',
      (folder) =>
        writeFileSync(
          join(folder, 'head.json'),
          readFileSync(join(folder, 'head.json'), 'utf8').replace(/"seq":\d+/, '"seq":3'),
        ),
    ],
    ['a deleted head', (folder) => rmSync(join(folder, 'head.json'))],
  ])('shows %s', async (_, tamper) => {
    const folder = await filled()
    expect(verifyOperationsLog(folder)).toMatchObject({ isIntact: true, lines: 13 })
    tamper(folder)
    expect(verifyOperationsLog(folder).isIntact).toBe(false)
  })

  it('is written by the first command in production, which asks beforehand whether it can be', async () => {
    const folder = join(scratchFolder(), 'audit')
    const log = new OperationsLog({ folder })
    await log.assertWritable()
    await log.assertWritable()
    await log.append(operation('first'))
    await log.append(operation('second'))
    expect(verifyOperationsLog(folder)).toMatchObject({ isIntact: true, lines: 2 })
  })

  it('replaced as a whole by an older one is seen by an anchor noted elsewhere', async () => {
    const { run, stateFolder, remove } = newCommandLine()
    await run('rotate', 'status')
    cpSync(join(stateFolder, 'audit'), join(stateFolder, 'older'), { recursive: true })
    await run('rotate', 'status')
    const anchor = (await run('audit', 'anchor')).stdout.trim()
    expect((await run('audit', 'verify', '--anchor', anchor)).exitCode).toBe(0)
    rmSync(join(stateFolder, 'audit'), { recursive: true })
    cpSync(join(stateFolder, 'older'), join(stateFolder, 'audit'), { recursive: true })
    expect((await run('audit', 'verify')).exitCode).toBe(0)
    expect((await run('audit', 'verify', '--anchor', anchor)).exitCode).toBe(5)
    remove()
  })

  it('is kept as long as the kind of its lines needs, and stays whole', async () => {
    const { run, stateFolder, remove } = newCommandLine()
    const folder = join(stateFolder, 'audit')
    const ago = (days: number) => () => new Date(Date.now() - days * 86_400_000)
    const segments: [number, Partial<Operation>][] = [
      [100, { command: 'doctor' }], // 90 days
      [100, { command: 'cred get' }], // a year
      [400, { command: 'cred get' }],
      [400, { command: 'doctor', exitCode: 4 }], // two years
      [800, { command: 'backup create' }], // seven years
    ]
    for (const [days, what] of segments) {
      const log = new OperationsLog({ folder, now: ago(days) })
      await log.append({ ...operation('x'), ...what })
      await log.rotate()
    }
    expect((await run('audit', 'retain', '--by-class', '--class', 'nonsense=3')).exitCode).toBe(2)
    const retained = await run('audit', 'retain', '--by-class', '--apply')
    expect(retained.stdout.split('\n').slice(0, -2)).toEqual([segment(1), segment(3)])
    const more = await run('audit', 'retain', '--by-class', '--class', 'authentication=30', '--apply')
    expect(more.stdout.split('\n').slice(0, -2)).toEqual([segment(2)])
    expect((await run('audit', 'verify')).exitCode).toBe(0)
    remove()
  })

  it('stays whole through rotation, retention, a crash between line and head, and a hundred writers at once', async () => {
    const folder = await filled()
    const log = new OperationsLog({ folder })
    expect(await log.retire(new Date(Date.now() + 1000))).toHaveLength(3)
    expect(verifyOperationsLog(folder)).toMatchObject({ isIntact: true })
    const head = readFileSync(join(folder, 'head.json'))
    await log.append(operation('written, then the machine went down'))
    writeFileSync(join(folder, 'head.json'), head)
    await log.append(operation('after the crash'))
    expect(verifyOperationsLog(folder)).toMatchObject({ isIntact: true })
    await Promise.all(
      Array.from({ length: 100 }, (_, count) =>
        new OperationsLog({ folder, segmentBytes: 4_000 }).append(operation(`parallel ${count}`)),
      ),
    )
    expect(verifyOperationsLog(folder)).toMatchObject({ isIntact: true, lines: 103 })
    expect(readdirSync(folder).length).toBeGreaterThan(5)
  })

  it('keeps hostile text in one line of JSON, and knows secrets', async () => {
    const folder = join(scratchFolder(), 'audit')
    const secret = new Secret('canary-in-a-reason')
    const hostile = `"\n{"seq":1}\u2028\0 ${secret.reveal()}`
    await new OperationsLog({ folder }).append(operation(hostile))
    const lines = readFileSync(join(folder, 'operations-000001.jsonl'), 'utf8').trimEnd().split('\n')
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0]).reason).toContain('***')
    expect(lines[0]).not.toContain(secret.reveal())
  })

  it('that cannot be written stops production', async () => {
    const { run, stateFolder, remove } = newCommandLine({ ENVIRONMENT: 'production' })
    await run('rotate', 'status')
    writeFileSync(join(stateFolder, 'audit/head.json'), 'damaged')
    chmodSync(join(stateFolder, 'audit/head.json'), 0o400)
    expect(await run('rotate', 'status')).toMatchObject({
      exitCode: 7,
      stderr: expect.stringContaining('operations log cannot be written'),
    })
    remove()
  })
})

describe('T81 logs of a real server', () => {
  it.each(['stderr', 'csvlog', 'jsonlog'])(
    'in form %s count failed logins exactly and show a leaked secret',
    async (form) => {
      const cluster = await clusterOfTest({
        hba: ['local all all trust', 'host all all all scram-sha-256'],
        settings: {
          log_line_prefix: '%m [%p] %q%u@%d %h %a %e ',
          log_connections: 'on',
          log_statement: 'ddl',
          ...(form === 'stderr'
            ? {}
            : { logging_collector: 'on', log_destination: form, log_directory: 'log', log_filename: 'server.log' }),
        },
      })
      cluster.sql(
        "create role a login password 'right-1'; create role b login password 'right-2'; create role c login password 'canary-leaked-77'",
      )
      for (const [user, times] of [
        ['a', 7],
        ['b', 2],
        ['c', 1],
      ] as const)
        for (let count = 0; count < times; count++)
          await connectServer({
            ...parseConnection(cluster.url('postgres', user)),
            password: new Secret('wrong-password'),
          }).catch(() => {})
      const path = join(cluster.dataFolder, 'log', form === 'csvlog' ? 'server.csv' : 'server.json')
      const read = () => (form === 'stderr' ? cluster.log() : readFileSync(path, 'utf8'))
      await expect.poll(() => ingestServerLog(read(), { threshold: 5, secrets: [] }).counts.failedLogins).toBe(10)
      const { counts, checks } = ingestServerLog(read(), { threshold: 5, secrets: [new Secret('canary-leaked-77')] })
      expect(counts.failedByUser).toEqual({ a: 7, b: 2, c: 1 })
      expect(counts.failedByAddress).toEqual({ '127.0.0.1': 10 })
      expect(counts.schemaChanges).toBeGreaterThanOrEqual(1)
      const failed = checks.filter(({ verdict }) => verdict === 'fail').map(({ evidence }) => evidence)
      expect(failed).toEqual([
        'role a: 7 failed logins',
        'address 127.0.0.1: 10 failed logins',
        expect.stringMatching(/^line \d+$/),
      ])
      await cluster.stop()
    },
  )
})
