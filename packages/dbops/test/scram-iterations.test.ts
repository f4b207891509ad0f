import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseConnection, Secret, withServer } from '@pcap-analyzer/dbops'
import { describe, expect, it } from 'vitest'
import { openLogin, setPassword, shutLogin } from '../src/rotation/open-and-shut.ts'
import { clusterOfTest } from './support/cluster.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'

describe('T12 iterations of a verifier', () => {
  it('are those of the file, the login works, and no later password is weaker', async () => {
    const cluster = await clusterOfTest({
      hba: ['local all all trust', 'host all postgres 127.0.0.1/32 trust', 'host all all 127.0.0.1/32 scram-sha-256'],
    })
    cluster.sql('create database shop')
    const { run, remove } = newCommandLine()
    const folder = scratchFolder()
    const file = join(folder, 'roles.yaml')
    const kinds =
      'owner: { kind: owner }, rw: { kind: group }, app_a: { kind: app, scramIterations: 20000 }, ro: { kind: read-only }'
    writeFileSync(file, `database: shop\nscramIterations: 10000\nroles: { ${kinds} }\n`)
    const ran = await run(
      'roles',
      'apply',
      '--file',
      file,
      '--passwords',
      folder,
      '--url',
      cluster.url('shop'),
      '--apply',
    )
    expect(ran.exitCode, ran.stderr).toBe(0)
    const iterations = (name: string) =>
      cluster.sql(`select split_part(split_part(rolpassword, '$', 2), ':', 1) from pg_authid where rolname = '${name}'`)
    expect([iterations('app_a'), iterations('ro')]).toEqual(['20000', '10000'])
    const password = new Secret(readFileSync(join(folder, 'app_a'), 'utf8').trim())
    const whoIs = (secret: Secret) =>
      withServer({ ...parseConnection(cluster.url('shop', 'app_a')), password: secret }, async (client) => {
        const { rows } = await client.query<{ who: string }>('select current_user::text as who')
        return rows[0].who
      })
    expect(await whoIs(password)).toBe('app_a')
    const next = new Secret('the-next-password-of-a-1')
    await withServer(parseConnection(cluster.url('shop')), async (client) => {
      await shutLogin(client, 'app_a')
      expect(iterations('app_a')).toBe('20000')
      await openLogin(client, 'app_a', password)
      expect(iterations('app_a')).toBe('20000')
      await setPassword(client, 'app_a', next)
    })
    expect([iterations('app_a'), await whoIs(next)]).toEqual(['20000', 'app_a'])
    remove()
  })

  it.each(['4095', '1000001', 'many', '5000.5'])('are not %s', async (count) => {
    const { run, remove } = newCommandLine()
    const file = join(scratchFolder(), 'roles.yaml')
    writeFileSync(file, `database: shop\nscramIterations: ${count}\n`)
    expect(await run('roles', 'plan', '--file', file, '--url', 'postgresql://u@127.0.0.1:1/d')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/scramIterations is not a whole number between 4096 and 1000000/),
    })
    remove()
  })
})
