import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { issueCertificate } from '../src/tls/certificates.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'

/** `<priority>1 time host dbops pid kind [data] text`. */
const MESSAGE = /^<(\d+)>1 \S+ \S+ dbops \d+ (\S+) \[dbops@32473 seq="(\d+)" [^\]]*\] \uFEFF?(\{.*\})$/

async function listening(server: Server, path?: string): Promise<number> {
  if (path === undefined) server.listen(0, '127.0.0.1')
  else server.listen(path)
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return path === undefined ? (server.address() as { port: number }).port : 0
}

/** A command line with two lines in its log. */
async function logged(variables: Record<string, string> = {}) {
  const line = newCommandLine(variables)
  onTestFinished(line.remove)
  await line.run('journal')
  await line.run('rotate', 'resume')
  return line
}

describe('T80 sinks of the operations log', () => {
  it('syslog over TCP gets every line once, counted and in order, also what was written while it was down', async () => {
    let text = ''
    const server = createServer((socket) => void socket.on('data', (part) => void (text += part)))
    const port = await listening(server)
    const { run } = await logged()
    const ship = () => run('audit', 'ship', '--to', `syslog:tcp://127.0.0.1:${port}`)
    expect((await ship()).stdout).toContain('2 line(s) delivered')
    await new Promise((resolve) => server.close(resolve))
    const down = await ship()
    expect([down.exitCode, down.stdout]).toEqual([3, expect.stringMatching(/1 are due: .*ECONNREFUSED/)])
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    expect((await ship()).stdout).toContain('2 line(s) delivered')
    await expect.poll(() => messages(text).length, { timeout: 60_000 }).toBe(4)
    const seen = messages(text).map((message) => MESSAGE.exec(message)?.slice(1, 4))
    expect(seen).toEqual([
      ['86', 'journal', '1'],
      ['84', 'rotate-resume', '2'],
      ['86', 'audit-ship', '3'],
      ['85', 'audit-ship', '4'], // that it was down is in the log
    ])
    expect(JSON.parse(MESSAGE.exec(messages(text)[3])?.[4] ?? '').details.failure.reason).toContain('ECONNREFUSED')
  })

  it('syslog over UDP and over the socket of this machine get messages of RFC 5424', async () => {
    const received: string[] = []
    const udp = createSocket('udp4', (message) => void received.push(String(message))).bind(0, '127.0.0.1')
    await once(udp, 'listening')
    onTestFinished(() => void udp.close())
    const { run } = await logged()
    const sent = await run('audit', 'ship', '--to', `syslog:udp://127.0.0.1:${udp.address().port}`)
    expect(sent.exitCode, sent.stderr).toBe(0)
    await expect.poll(() => received.length, { timeout: 60_000 }).toBe(2)
    expect(received[0]).toMatch(MESSAGE)
    if (!existsSync('/usr/bin/logger')) return console.warn('*** logger is missing: the local socket was not tried ***')
    let text = ''
    const path = join(scratchFolder(), 'log')
    await listening(
      createServer((socket) => void socket.on('data', (part) => void (text += part))),
      path,
    )
    const local = await run('audit', 'ship', '--to', `syslog:unix:${path}`)
    expect(local.exitCode, local.stdout + local.stderr).toBe(0)
    await expect
      .poll(() => text, { timeout: 60_000 })
      .toMatch(/<84>1 .* dbops \d+ rotate-resume .*\[dbops@32473 seq="2"/s)
    expect((await run('audit', 'ship', '--to', 'syslog:unix:/nowhere/log')).exitCode).toBe(3)
  })

  it('syslog over TLS speaks to nobody whose certificate it cannot prove', async () => {
    const life = { notBefore: new Date(Date.now() - 1e6), notAfter: new Date(Date.now() + 1e9), issuer: null }
    const pair = await issueCertificate({ name: 'x', hosts: ['127.0.0.1'], purpose: 'authority', ...life })
    let text = ''
    const server = createTlsServer({ cert: pair.certificatePem, key: pair.keyPem.reveal() }, (socket) => {
      socket.on('data', (part) => void (text += part)).on('error', () => {})
    })
    const port = await listening(server)
    const { run } = await logged()
    expect((await run('audit', 'ship', '--to', `syslog:tls://127.0.0.1:${port}`)).exitCode).toBe(3)
    expect(text).toBe('')
  })

  it('a collector over HTTP is told after every command, with its token; while it is down the commands go on', async () => {
    const bodies: string[] = []
    const tokens = new Set<unknown>()
    let status = 400
    const server = createHttpServer(async (request, response) => {
      let text = ''
      for await (const part of request) text += part
      tokens.add(request.headers.authorization)
      if (status === 200) bodies.push(...text.trimEnd().split('\n'))
      response.writeHead(status).end()
    })
    const port = await listening(server)
    const token = join(scratchFolder(), 'token')
    writeFileSync(token, 'canary-of-collector\n', { mode: 0o600 })
    const sinks = { DBOPS_AUDIT_SINKS: `http://127.0.0.1:${port}/log`, DBOPS_AUDIT_TOKEN_FILE: token }
    const { run, stateFolder, remove } = newCommandLine(sinks)
    onTestFinished(remove)
    const first = await run('journal')
    expect([first.exitCode, first.stderr]).toEqual([0, expect.stringContaining('it answers 400')])
    status = 200
    const second = await run('journal')
    expect([second.exitCode, second.stderr]).toEqual([0, ''])
    expect(bodies.map((line) => JSON.parse(line).seq)).toEqual([1, 2])
    expect([...tokens]).toEqual(['Bearer canary-of-collector'])
    expect(first.stderr + readFileSync(join(stateFolder, 'audit/operations-000001.jsonl'), 'utf8')).not.toContain(
      'canary',
    )
    expect((await run('audit', 'ship', '--to', 'http://user:canary-x@127.0.0.1/')).exitCode).toBe(2)
  })

  it('files and standard output get the lines as they are', async () => {
    const { run, stateFolder } = await logged()
    const file = join(scratchFolder(), 'copy')
    expect((await run('audit', 'ship', '--to', `file:${file}`)).exitCode).toBe(0)
    const log = readFileSync(join(stateFolder, 'audit/operations-000001.jsonl'), 'utf8').split('\n')
    expect(readFileSync(file, 'utf8').split('\n').slice(0, 2)).toEqual(log.slice(0, 2))
    expect((await run('audit', 'ship', '--to', 'stdout:')).stdout).toContain(log[0])
    expect((await run('audit', 'ship', '--to', 'pigeon:')).exitCode).toBe(2)
  })
})

/** Messages of a stream in which each begins with its length. */
function messages(text: string): string[] {
  const all: string[] = []
  for (let bytes = Buffer.from(text); bytes.length > 0; ) {
    const space = bytes.indexOf(' ')
    const length = Number(bytes.subarray(0, space))
    if (bytes.length < space + 1 + length) return all
    all.push(String(bytes.subarray(space + 1, space + 1 + length)))
    bytes = bytes.subarray(space + 1 + length)
  }
  return all
}

describe('T81 secrets in logs', () => {
  it('are found in statements, in URLs and by what is in use, told by their line and never by their value', async () => {
    const { run, remove } = newCommandLine()
    onTestFinished(remove)
    const folder = scratchFolder()
    const [log, known, told] = ['server.log', 'known', 'told'].map((name) => join(folder, name))
    writeFileSync(known, 'known-canary-8842-abc\n', { mode: 0o600 })
    writeFileSync(told, 'told-canary-7731-xyz\n', { mode: 0o600 })
    await run('guard', 'know', '--from-file', known)
    const leaks = [
      "LOG:  statement: alter role app password 'Hunter2-canary-One'",
      'LOG:  connection to postgresql://app:Url9canary7Two@db/app failed',
      'LOG:  detail: known-canary-8842-abc',
      'LOG:  detail: told-canary-7731-xyz',
    ]
    const fine = [
      'LOG:  database system is ready',
      'LOG:  statement: select 1',
      'ERROR: password authentication failed',
    ]
    const verifier = "LOG:  statement: alter role app password 'SCRAM-SHA-256$4096:c2FsdA==$a:b'"
    writeFileSync(log, [...fine, ...leaks, verifier, ...fine].join('\n'))
    const ran = await run('audit', 'scan-logs', log, '--leaked', told, '--format', 'json')
    expect(ran.exitCode).toBe(1)
    expect(ran.json().checks.map(({ verdict, evidence }) => [verdict, evidence.split(':').at(-1)])).toEqual([
      ...['4', '5', '6', '7'].map((line) => ['fail', line]),
      ['warn', '8'],
    ])
    expect(ran.stdout + ran.stderr).not.toMatch(/canary/)
    writeFileSync(log, fine.join('\n'))
    expect((await run('audit', 'scan-logs', log)).exitCode).toBe(0)
    expect((await run('audit', 'scan-logs', join(folder, 'none'))).exitCode).toBe(2)
  })
})
