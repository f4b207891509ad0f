import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HealthMonitor, hostProbes } from '@pcap-analyzer/dbops'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { limitsWith } from '../src/health/limits.ts'
import { issueCertificate } from '../src/tls/certificates.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'

let cluster: TestCluster
const { run, remove } = newCommandLine()
const DAY_MS = 86_400_000
const certificate = (days: number) =>
  issueCertificate({
    name: 'localhost',
    hosts: ['localhost'],
    purpose: 'server',
    notBefore: new Date(Date.now() - DAY_MS),
    // half a day, so that a slow machine counts the same days
    notAfter: new Date(Date.now() + (days + 0.5) * DAY_MS),
    issuer: null,
  })
beforeAll(async () => {
  cluster = await startCluster()
  const { certificatePem, keyPem } = await certificate(20)
  const write = (name: string, text: string) =>
    cluster.run('sh', ['-c', `umask 077; cat > '${cluster.dataFolder}/${name}'`], text)
  write('server.crt', certificatePem)
  write('server.key', keyPem.reveal())
  cluster.sql('alter system set ssl = on')
  await cluster.restart()
})
afterAll(async () => {
  remove()
  await cluster.stop()
})

const checksOf = async (...words: string[]) => {
  const ran = await run('health', '--url', cluster.url(), '--format', 'json', ...words)
  return Object.fromEntries(ran.json().checks.map(({ id, verdict }) => [id.replace('health.', ''), verdict]))
}

describe('T42 health of the machine', () => {
  it('is looked at when it is asked for, against limits that can be set', async () => {
    expect(await checksOf()).not.toHaveProperty('cpu')
    const generous = ['cpu', 'memory', 'disk'].flatMap((name) => ['--limit', `${name}=2,3`])
    expect(await checksOf('--host', ...generous)).toMatchObject({ cpu: 'pass', memory: 'pass', disk: 'pass' })
    const strict = ['cpu', 'memory', 'disk'].flatMap((name) => ['--limit', `${name}=-1,2`])
    expect(await checksOf('--host', ...strict)).toMatchObject({ cpu: 'warn', memory: 'warn', disk: 'warn' })
    const none = ['--limit', 'disk=-2,-1']
    expect(await checksOf('--host', ...generous, ...none)).toMatchObject({ cpu: 'pass', disk: 'fail' })
    expect(await checksOf('--host', '--disk', '/no/such/folder')).toMatchObject({ disk: 'fail' })
  })

  it('counts errors of a log, in the language of the server', async () => {
    const log = join(scratchFolder(), 'server.log')
    const lines = ['LOG:  ready', 'FEHLER:  x', 'ERREUR:  x', 'ERROR:  x', 'NOTICE:  no ERROR at all']
    writeFileSync(log, lines.map((line) => `2026-11-22 10:00:00 UTC [1] ${line}\n`).join(''))
    const ran = await run('health', '--url', cluster.url(), '--host', '--log', log, '--format', 'json')
    expect(ran.json().checks).toContainEqual(
      expect.objectContaining({ id: 'health.log', verdict: 'warn', evidence: expect.stringContaining('(3,') }),
    )
    expect(await checksOf('--host', '--log', log, '--limit', 'log=1,3')).toMatchObject({ log: 'fail' })
  })

  it('counts the days of the certificate of the session, and of files', async () => {
    expect(await checksOf()).toMatchObject({ certificate: 'warn' })
    expect(await checksOf('--limit', 'certificate=10,5')).toMatchObject({ certificate: 'pass' })
    const folder = scratchFolder()
    const path = join(folder, 'short.crt')
    writeFileSync(path, (await certificate(5)).certificatePem)
    const ran = await run('health', '--url', cluster.url(), '--certificate', path, '--format', 'json')
    expect(ran.json().checks).toContainEqual(
      expect.objectContaining({ title: 'certificate short.crt', verdict: 'fail' }),
    )
    writeFileSync(path, 'no certificate')
    expect((await run('health', '--url', cluster.url(), '--certificate', path)).exitCode).toBe(1)
    // without a server it is still known
    const away = await run('health', '--url', 'postgresql://a@127.0.0.1:1/b', '--certificate', path, '--host')
    expect([away.exitCode, away.stdout]).toEqual([3, expect.stringContaining('certificate short.crt')])
  })

  it('is told to Nagios with both edges, and to Prometheus', async () => {
    const words = ['health', '--url', cluster.url(), '--host', '--limit', 'cpu=2,3']
    const nagios = await run(...words, '--format', 'nagios')
    expect(nagios.stdout).toMatch(/^DBOPS (WARNING|CRITICAL) - .*certificate: days that the certificate is valid/)
    expect(nagios.stdout).toMatch(/dbops_health_observed_cpu=[\d.]+;2;3 /)
    expect(nagios.stdout).toMatch(/dbops_health_observed_certificate=20[\d.]*;30:;7:/)
    const prom = await run(...words, '--format', 'prom')
    expect(prom.stdout).toMatch(/^dbops_health_observed\{check="disk"\} [\d.]+$/m)
    expect(prom.stdout).toMatch(/^dbops_health_observed_fail_limit\{check="cpu"\} 3$/m)
  })

  it('takes no limit that it does not know', () => {
    for (const text of ['nonsense=1,2', 'cpu=1', 'cpu=a,b'])
      expect(() => limitsWith([text])).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })

  it('serves a monitor of the library too', async () => {
    const limits = limitsWith(['cpu=2,3', 'memory=2,3', 'disk=2,3'])
    const { status, checks } = await new HealthMonitor({ probes: hostProbes({ folder: '/', limits }) }).report()
    expect([status, Object.keys(checks)]).toEqual(['pass', ['cpu', 'memory', 'disk']])
  })
})
