import { cpSync, readdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { parseConnection } from '@pcap-analyzer/dbops'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createBackup } from '../src/backup/create-backup.ts'
import { type BackupManifest, compressions, readManifest } from '../src/backup/manifest.ts'
import { newIdentity, readIdentity } from '../src/backup/recipients.ts'
import { OpenStream, SealStream } from '../src/backup/sealed-stream.ts'
import { verifyBackup } from '../src/backup/verify-backup.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'
import { seedShop } from './support/shop.ts'

let cluster: TestCluster
const { run, stateFolder, remove } = newCommandLine()
const identity = newIdentity()
const keys = { stateFolder, identities: [readIdentity(identity.privateKeyPem)] }
beforeAll(async () => {
  cluster = await startCluster()
  cluster.sql('create database shop')
  seedShop(cluster, 'shop')
})
afterAll(async () => {
  remove()
  await cluster.stop()
})

async function newBackup(to: string, options: object = {}): Promise<BackupManifest> {
  return await createBackup({
    parameters: parseConnection(cluster.url('shop')),
    to,
    ...keys,
    chunkBytes: 16 << 10,
    ...options,
  })
}

const kinds = [
  ...compressions.flatMap((compression) => [
    [`custom, ${compression}`, { compression }] as const,
    [`custom, ${compression}, encrypted`, { compression, recipients: [identity.recipient] }] as const,
  ]),
  ['three archives, zstd, encrypted', { jobs: 3, recipients: [identity.recipient] }] as const,
  ['plain, none', { compression: 'none', format: 'plain' }] as const,
  ['plain, zstd, encrypted', { compression: 'zstd', format: 'plain', recipients: [identity.recipient] }] as const,
]

describe('T51 damage to a backup', () => {
  it.each(kinds)('of %s is seen at level 1, whatever bit of whatever file flips', async (_, options) => {
    const to = scratchFolder()
    const { id } = await newBackup(to, options)
    const folder = join(to, id)
    const good = await verifyBackup({ ...keys, folder, level: 2 })
    expect(good.problems).toEqual([])
    const names = readdirSync(folder).filter((name) => name !== 'verifications.jsonl')
    const random = pseudoRandom(7)
    let missed = 0
    for (let trial = 0; trial < 200; trial++) {
      const path = join(folder, names[random(names.length)])
      const bytes = readFileSync(path)
      const damaged = Buffer.from(bytes)
      damaged[random(bytes.length)] ^= 1 << random(8)
      writeFileSync(path, damaged)
      const isSeen = await verifyBackup({ ...keys, folder, level: 1 }).then(
        ({ isGood }) => !isGood,
        () => true,
      )
      if (!isSeen) missed++
      writeFileSync(path, bytes)
    }
    expect(missed).toBe(0)
  })

  it('is seen when chunks are cut off, swapped or repeated inside an encrypted file', async () => {
    const dataKey = Buffer.alloc(32, 1)
    const context = { dataKey, backupId: 'b', fileName: 'f' }
    const plain = Buffer.from(Array.from({ length: 5_000 }, (_, index) => index % 251))
    const sealed = await collect(Readable.from([plain]).pipe(new SealStream(context, 1_000)))
    const header = 20
    const chunk = 1_016
    const open = (bytes: Buffer, other = context) => collect(Readable.from([bytes]).pipe(new OpenStream(other)))
    expect(await open(sealed)).toEqual(plain)
    const edges = Array.from({ length: 5 }, (_, index) => sealed.subarray(0, header + index * chunk))
    const first = sealed.subarray(header, header + chunk)
    const second = sealed.subarray(header + chunk, header + 2 * chunk)
    const swapped = Buffer.concat([sealed.subarray(0, header), second, first, sealed.subarray(header + 2 * chunk)])
    const repeated = Buffer.concat([sealed.subarray(0, header + chunk), first, sealed.subarray(header + chunk)])
    for (const bytes of [...edges, swapped, repeated, Buffer.concat([sealed, Buffer.alloc(1)])])
      await expect(open(bytes)).rejects.toMatchObject({ code: 'INTEGRITY' })
    await expect(open(sealed, { ...context, fileName: 'g' })).rejects.toMatchObject({ code: 'INTEGRITY' })
    await expect(open(sealed, { ...context, backupId: 'c' })).rejects.toMatchObject({ code: 'INTEGRITY' })
  })

  it('is seen when files are swapped between backups, deleted or cut, and when the manifest is edited', async () => {
    const to = scratchFolder()
    const one = await newBackup(to, { recipients: [identity.recipient] })
    const two = await newBackup(to, { recipients: [identity.recipient] })
    const [file] = one.files
    const paths = [join(to, one.id, file.name), join(to, two.id, file.name)]
    const level1 = async (id: string) => (await verifyBackup({ ...keys, folder: join(to, id), level: 1 })).isGood
    renameSync(paths[0], `${paths[0]}.x`)
    expect(await level1(one.id)).toBe(false)
    cpSync(paths[1], paths[0])
    expect(await level1(one.id)).toBe(false)
    renameSync(`${paths[0]}.x`, paths[0])
    expect(await level1(one.id)).toBe(true)
    truncateSync(paths[1], two.files[0].storedBytes - 1)
    expect(await level1(two.id)).toBe(false)
    const edited = { ...readManifest(join(to, one.id)), tables: [] }
    writeFileSync(join(to, one.id, 'manifest.json'), JSON.stringify(edited))
    expect(await level1(one.id)).toBe(false)
    const listed = await run('backup', 'list', '--from', to, '--format', 'json')
    expect(listed.exitCode).toBe(5)
  })
})

async function collect(stream: Readable): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

/** The same numbers in every run (mulberry32). */
function pseudoRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}
