import { once } from 'node:events'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { describe, expect, it, onTestFinished } from 'vitest'
import { newCommandLine, scratchFolder } from './support/command.ts'

/** A file as `--format json` prints it, with these failures. */
function findings(failing: readonly string[], passing: readonly string[] = []): string {
  const path = join(scratchFolder(), 'found.json')
  const check = (verdict: string) => (id: string) => ({
    id,
    title: id,
    verdict,
    tier: 'critical',
    evidence: `${id} is bad`,
  })
  const checks = [...failing.map(check('fail')), ...passing.map(check('pass'))]
  writeFileSync(path, JSON.stringify({ summary: `${failing.length} failed`, target: 'server', checks }))
  return path
}

async function hook(answer: () => number) {
  const bodies: { text: string; failed: { id: string }[]; resolved: string[] }[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const part of request) text += part
    bodies.push(JSON.parse(text))
    response.writeHead(answer(), { 'retry-after': '0' }).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { bodies, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` }
}

async function mailServer(options: SMTPServerOptions = {}) {
  const mails: string[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    ...options,
    onData: (stream, _, done) => {
      let text = ''
      stream.on('data', (part) => (text += part)).on('end', () => done(null, void mails.push(text)))
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => server.close())
  return { mails, url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}` }
}

function clocked(variables: Record<string, string> = {}) {
  const clock = { now: new Date('2026-11-22T10:00:00Z') }
  const line = newCommandLine(variables, () => clock.now)
  onTestFinished(line.remove)
  return { ...line, clock }
}

describe('T103 alerts', () => {
  it('reach a webhook, are sent again when it is busy, and say when they were not taken', async () => {
    const answers = [503, 503, 200]
    const { bodies, url } = await hook(() => answers.shift() ?? 200)
    const { run } = clocked({ ALERT_URL: url })
    const sent = await run('alert', 'send', '--webhook', 'env:ALERT_URL', '--from-file', findings(['hba.trust']))
    expect(sent.exitCode, sent.stderr).toBe(0)
    expect(bodies).toHaveLength(3)
    expect(bodies[2].text).toContain('hba.trust')
    expect((await run('alert', 'send', '--webhook', url, '--test')).exitCode).toBe(0)
    expect((await run('alert', 'send', '--webhook', 'http://127.0.0.1:1/', '--test')).exitCode).toBe(3)
    expect((await run('alert', 'list')).stdout).toMatch(/not delivered .*webhook http:\/\/127.0.0.1:1/)
    expect((await run('alert', 'send', '--test')).exitCode).toBe(2)
    for (const text of ['no json', '{"a": 1}']) {
      const file = join(scratchFolder(), 'x')
      writeFileSync(file, text)
      expect((await run('alert', 'send', '--webhook', url, '--from-file', file)).exitCode).toBe(2)
    }
  })

  it('tell each failure once in a while, not while somebody answers for it, and when it is well again', async () => {
    const { bodies, url } = await hook(() => 200)
    const { run, clock } = clocked()
    const send = async (failing: string[], passing: string[] = []) => {
      const before = bodies.length
      const ran = await run('alert', 'send', '--webhook', url, '--from-file', findings(failing, passing))
      expect(ran.exitCode, ran.stderr).toBe(0)
      return bodies.slice(before).map(({ failed, resolved }) => [failed.map(({ id }) => id), resolved])
    }
    expect(await send(['a', 'b'])).toEqual([[['a', 'b'], []]])
    expect(await send(['a', 'b'])).toEqual([])
    expect(await send(['a', 'b', 'c'])).toEqual([[['c'], []]])
    clock.now = new Date('2026-11-23T11:00:00Z')
    const answer = ['--by', 'Ada', '--until', '2026-11-30', '--reason', 'new disk']
    expect((await run('alert', 'acknowledge', 'a', ...answer)).exitCode).toBe(0)
    expect((await run('alert', 'acknowledge', 'z', ...answer)).exitCode).toBe(2)
    expect(await send(['a', 'b'], ['c'])).toEqual([[['b'], ['c']]])
    expect((await run('alert', 'list')).stdout).toContain('Ada until 2026-11-30: new disk')
    clock.now = new Date('2026-12-01T11:00:00Z')
    expect(await send(['a'], ['b'])).toEqual([[['a'], ['b']]])
  })

  it('that nobody took are new the next time', async () => {
    let status = 400
    const { bodies, url } = await hook(() => status)
    const { run } = clocked()
    const file = findings(['a'])
    const send = () => run('alert', 'send', '--webhook', url, '--from-file', file)
    expect((await send()).exitCode).toBe(3)
    status = 200
    expect((await send()).exitCode).toBe(0)
    expect(bodies).toHaveLength(2)
  })

  it('go by mail and to a program; who was not reached is told with 8', async () => {
    const { mails, url } = await mailServer()
    const folder = scratchFolder()
    const program = join(folder, 'tell')
    writeFileSync(program, `#!/bin/sh\ncat > ${folder}/told\n`)
    chmodSync(program, 0o755)
    const { run } = clocked()
    const file = findings(['backup.rpo'])
    const words = ['--mail', 'dba@example.org', '--mail', 'chief@example.org', '--smtp', url, '--exec', program]
    const sent = await run('alert', 'send', '--from-file', file, '--webhook', 'http://127.0.0.1:1/', ...words)
    expect([sent.exitCode, sent.stdout], sent.stderr).toEqual([8, expect.stringContaining('1 of 3 not reached')])
    expect(mails).toHaveLength(1)
    expect(mails[0]).toMatch(/^Subject: dbops: 1 failed/m)
    expect(mails[0]).toMatch(/^To: dba@example.org, chief@example.org/m)
    expect(mails[0]).toContain('backup.rpo is bad')
    expect(JSON.parse(readFileSync(join(folder, 'told'), 'utf8')).failed).toMatchObject([{ id: 'backup.rpo' }])
    for (const wrong of [
      ['--mail', 'a@b\r\nBcc: x@y'],
      ['--mail', 'a@b', '--smtp', 'http://x'],
    ])
      expect((await run('alert', 'send', '--test', '--smtp', url, ...wrong)).exitCode).toBe(2)
  })

  it('never send the password of the mail server in clear, and show it nowhere', async () => {
    const logins: unknown[] = []
    const { mails, url } = await mailServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (auth, _, done) => {
        logins.push(auth.password)
        done(null, { user: 'x' })
      },
    })
    const { run } = clocked({ SMTP_PASSWORD: 'canary-of-mail-9d' })
    const words = ['alert', 'send', '--test', '--mail', 'a@example.org', '--smtp']
    const refused = await run(...words, url.replace('//', '//site@'))
    expect(refused.exitCode).toBe(3) // no TLS there
    expect([logins, mails]).toEqual([[], []])
    expect(refused.stdout + refused.stderr).not.toContain('canary')
    const inUrl = await run(...words, url.replace('//', '//site:canary-of-mail-9d@'))
    expect([inUrl.exitCode, (inUrl.stdout + inUrl.stderr).includes('canary')]).toEqual([2, false])
  })
})
