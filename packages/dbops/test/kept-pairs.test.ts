import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Journal } from '../src/state/journal.ts'
import { issueCertificate } from '../src/tls/certificates.ts'
import { dispensablePairs, keptPairs } from '../src/tls/kept-pairs.ts'
import { newCommandLine } from './support/command.ts'

const DAY_MS = 86_400_000

/** Keeps a pair as a renewal does, so many days ago. */
async function keep(stateFolder: string, name: string, agoDays: number, leftDays: number): Promise<string> {
  const { certificatePem, keyPem } = await issueCertificate({
    name,
    hosts: [name],
    purpose: 'server',
    notBefore: new Date(Date.now() - 1000 * DAY_MS),
    notAfter: new Date(Date.now() + leftDays * DAY_MS),
    issuer: null,
  })
  const folder = join(stateFolder, 'pairs', name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'server.crt'), certificatePem)
  writeFileSync(join(folder, 'server.key'), keyPem.reveal(), { mode: 0o600 })
  const change = { kind: 'tls', target: 'db', payload: { before: folder } }
  const journal = Journal.begin(join(stateFolder, 'journal'), change, () => new Date(Date.now() - agoDays * DAY_MS))
  journal.finish()
  return journal.entry.id
}

describe('T24 certificates that were replaced', () => {
  it('are kept while a rollback may need them, and no longer', async () => {
    const { run, stateFolder, remove } = newCommandLine()
    const newest = await keep(stateFolder, 'newest', 1, 100)
    await keep(stateFolder, 'second', 200, 100)
    const third = await keep(stateFolder, 'third', 300, 100)
    await keep(stateFolder, 'expired', 2, -1)
    mkdirSync(join(stateFolder, 'pairs', 'orphan'))
    const names = (keepCount: number, days: number) =>
      dispensablePairs(keptPairs(stateFolder), { keep: keepCount, days, now: new Date() })
        .map(({ folder }) => folder.split('/').at(-1))
        .sort()
    expect(names(3, 90)).toEqual(['expired', 'orphan'])
    expect(names(1, 90)).toEqual(['expired', 'orphan', 'second', 'third'])
    expect(names(0, 250)).toEqual(['expired', 'orphan', 'third'])
    const plan = await run('tls', 'cleanup', '--keep', '1')
    expect([plan.exitCode, plan.stdout, existsSync(join(stateFolder, 'pairs', 'third'))]).toEqual([
      0,
      expect.stringContaining('would delete 4 of 5'),
      true,
    ])
    expect((await run('tls', 'cleanup', '--keep', '1', '--apply')).stdout).toContain('deleted 4 of 5')
    expect(readdirSync(join(stateFolder, 'pairs'))).toEqual(['newest'])
    const list = (await run('rollback', 'list')).stdout
    expect([list.includes(newest), list.includes(third)]).toEqual([true, false])
    const words = ['--url', 'postgresql://a@127.0.0.1:1/b']
    expect(await run('rollback', 'to', third, ...words)).toMatchObject({
      exitCode: 7,
      stderr: expect.stringContaining('was deleted'),
    })
    remove()
  })
})
