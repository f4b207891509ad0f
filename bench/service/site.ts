import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'

const PASSWORD = 'Bench-Harbor-5521-lamp'
const COMMAND = join(import.meta.dirname, '../../packages/cli/bin/pcap-analyzer.js')

/** A service as it is started by its command, over a PostgreSQL of its own, and the yardstick beside it. */
export interface Site {
  readonly cluster: TestCluster
  readonly base: string
  readonly yardstick: string
  readonly folder: string
  readonly pid: number
  readonly yardstickPid: number
  token(): Promise<string>
  end(): Promise<void>
}

export async function startSite(): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'pcap-bench-'))
  const cluster = await startCluster()
  cluster.sql('create role app login')
  cluster.sql('create database service owner app')
  const environment = {
    PATH: process.env.PATH,
    PORT: '0',
    DATA_DIR: folder,
    DATABASE_URL: cluster.url('service', 'app'),
    SECRET_KEY: 'k7Qw'.repeat(16),
    CSRF_SECRET_KEY: 'z3Lp'.repeat(16),
    LOG_LEVEL: 'ERROR',
    WORKER_CONCURRENCY: '2',
    QUOTA_TASKS: '1000000',
    QUOTA_MB: '1000000',
    MAX_QUEUE_SIZE: '100000',
    UPLOAD_RATE_LIMIT_REQUESTS: '100000',
  }
  const service = start([COMMAND, 'serve'], environment)
  const yardstick = start([join(import.meta.dirname, 'yardstick.ts'), folder], environment)
  const printed = await said(service, /ready: open (\S+)/)
  const base = printed[1] ?? ''
  const [, first = ''] = /Password: (\S+)/.exec(printed.input) ?? []
  await changePassword(base, first)
  return {
    cluster,
    base,
    yardstick: (await said(yardstick, /listening on (\S+)/))[1] ?? '',
    folder,
    pid: service.pid ?? 0,
    yardstickPid: yardstick.pid ?? 0,
    token: () => logIn(base, PASSWORD),
    async end() {
      for (const child of [service, yardstick]) {
        child.kill('SIGTERM')
        await once(child, 'exit')
      }
      await cluster.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export async function logIn(base: string, password: string): Promise<string> {
  const answer = await fetch(`${base}/api/token`, {
    method: 'POST',
    body: new URLSearchParams({ username: 'admin', password }),
  })
  return ((await answer.json()) as { access_token: string }).access_token
}

async function changePassword(base: string, first: string): Promise<void> {
  const answer = await fetch(`${base}/api/users/me`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${await logIn(base, first)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ current_password: first, new_password: PASSWORD }),
  })
  if (!answer.ok) throw new Error(await answer.text())
}

function start(args: readonly string[], environment: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, args, { env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
}

function said(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      text += part
      const match = pattern.exec(text)
      if (match !== null) resolve(match)
    })
    child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${text}`)))
  })
}
