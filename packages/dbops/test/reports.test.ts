import { once } from 'node:events'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newCommandLine, scratchFolder } from './support/command.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startCluster()
  cluster.sql('create database app; create role "app_<script>|x" login')
})
afterAll(() => cluster.stop())

describe('T103 reports and alerts', () => {
  it('say the same in every form, and escape what the database says', async () => {
    const { run, stateFolder, remove } = newCommandLine()
    const doctor = ['doctor', '--url', cluster.url('app'), '--format']
    const json = (await run(...doctor, 'json')).json()
    const failed = json.checks.filter(({ verdict }) => verdict === 'fail').length
    const sarif = JSON.parse((await run(...doctor, 'sarif')).stdout)
    expect(sarif.runs[0].results.filter(({ level }: { level: string }) => level === 'error')).toHaveLength(failed)
    const junit = (await run(...doctor, 'junit')).stdout
    expect(Number(/failures="(\d+)"/.exec(junit)?.[1])).toBe(failed)
    expect(junit).not.toContain('<script>')
    for (const name of ['report.html', 'report.md']) {
      const written = await run('report', 'security', '--url', cluster.url('app'), '--to-file', join(stateFolder, name))
      expect(written.exitCode, written.stderr).toBe(0)
      const text = readFileSync(join(stateFolder, name), 'utf8')
      expect(text).toContain(`${failed} failed`)
      expect(text).not.toContain('app_<script>')
      expect(text).toContain('CIS 4.4')
    }
    const to = join(stateFolder, 'backups')
    await run('backup', 'create', '--url', cluster.url('app'), '--to', to)
    expect((await run('report', 'backup', '--from', to, '--to-file', join(stateFolder, 'b.md'))).exitCode).toBe(0)
    remove()
  })

  it('list every login for a review, what it may do and who answered for it', async () => {
    const { run, stateFolder, remove } = newCommandLine()
    cluster.sql('create role readers; create role reviewed login createdb in role readers')
    cluster.sql('revoke connect on database app from public')
    const until = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10)
    await run('signoff', 'add', 'access.postgres', '--by', 'Ada', '--until', until, '--reason', 'runs the server')
    const path = join(stateFolder, 'access.md')
    const written = await run('report', 'access', '--url', cluster.url('app'), '--to-file', path)
    expect(written.exitCode, written.stderr).toBe(0)
    const text = readFileSync(path, 'utf8')
    const line = (name: string) => text.split('\n').find((one) => one.includes(`access.${name} `)) ?? ''
    expect(line('reviewed')).toMatch(/^\| manual .*makes databases; in readers; enters postgres, template1; 0 session/)
    expect(line('postgres')).toMatch(/^\| pass \| critical .*Ada until/)
    expect(text).not.toContain('app_<script>')
    expect(text).not.toContain('access.readers')
    remove()
  })

  it('reach a webhook, are sent again when it is busy, and say when they were not taken', async () => {
    const bodies: { text: string; failed: unknown[] }[] = []
    let status = 503
    const server = createServer((request, response) => {
      let text = ''
      request.on('data', (part) => (text += part))
      request.on('end', () => {
        bodies.push(JSON.parse(text))
        response.writeHead(status, { 'retry-after': '0' }).end()
        if (bodies.length >= 2) status = 200
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as { port: number }).port}/hook`
    const { run, stateFolder, remove } = newCommandLine({ ALERT_URL: url })
    const file = join(stateFolder, 'doctor.json')
    writeFileSync(file, (await run('doctor', '--url', cluster.url('app'), '--format', 'json')).stdout)
    const sent = await run('alert', 'send', '--webhook', 'env:ALERT_URL', '--from-file', file)
    expect(sent.exitCode, sent.stderr).toBe(0)
    expect(bodies).toHaveLength(3)
    expect(bodies[2].text).toContain('hba.trust')
    expect((await run('alert', 'send', '--webhook', url, '--test')).exitCode).toBe(0)
    server.close()
    status = 500
    expect((await run('alert', 'send', '--webhook', 'http://127.0.0.1:1/', '--test')).exitCode).toBe(3)
    remove()
  })
})

describe('tools that a site uses instead', () => {
  it('are asked for their newest backup; one that is missing is skipped, unless it must be there', async () => {
    const folder = scratchFolder()
    const program = (name: string, output: string) => {
      writeFileSync(join(folder, name), `#!/bin/sh\ncat <<'X'\n${output}\nX\n`)
      chmodSync(join(folder, name), 0o755)
    }
    const { run, remove } = newCommandLine({ PATH: `${folder}:/bin` })
    expect((await run('backup', 'audit')).exitCode).toBe(0)
    expect((await run('backup', 'audit', '--tool', 'barman')).exitCode).toBe(1)
    const fresh = Math.floor(Date.now() / 1000) - 3600
    program(
      'pgbackrest',
      JSON.stringify([{ name: 'main', status: { code: 0, message: 'ok' }, backup: [{ timestamp: { stop: fresh } }] }]),
    )
    program('wal-g', JSON.stringify([{ time: new Date(Date.now() - 90 * 3_600_000).toISOString() }]))
    const audited = await run('backup', 'audit', '--format', 'json')
    expect(audited.exitCode).toBe(1)
    expect(audited.json().checks.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual([
      'backup.pgbackrest pass',
      'backup.barman skipped',
      'backup.wal-g fail',
    ])
    remove()
  })
})
