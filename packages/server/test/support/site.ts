import type { ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { largeCapture } from './capture.ts'
import { type Answer, adminOf, Client } from './client.ts'
import { crash } from './crash.ts'
import { end, kill, startServiceProcess, startWorkerProcess } from './processes.ts'
import { startTestService } from './test-service.ts'

export const targets = ['worker', 'service', 'database'] as const
export type Target = (typeof targets)[number]

/** A capture that the site has said to have. */
export interface Taken {
  readonly taskId: string
  readonly sha256: string
  readonly way: 'whole' | 'in parts'
}

const SERVICES = 2
const WORKERS = 3

/** Two services and three workers, each a process, over one PostgreSQL and one folder. */
export class Site {
  readonly cluster: TestCluster
  readonly #folder: string
  readonly #environment: Readonly<Record<string, string>>
  readonly #token: string
  readonly #services: { child: ChildProcess; base: string }[] = []
  readonly #workers: ChildProcess[] = []
  #uploads = 0

  private constructor(
    cluster: TestCluster,
    { folder, environment, token }: { folder: string; environment: Readonly<Record<string, string>>; token: string },
  ) {
    this.cluster = cluster
    this.#folder = folder
    this.#environment = environment
    this.#token = token
  }

  static async start(): Promise<Site> {
    // a commit that was answered must be on disk when the server is killed
    const cluster = await startCluster({ isDurable: true })
    cluster.sql('create role app login')
    cluster.sql('create database site owner app')
    const folder = mkdtempSync(join(tmpdir(), 'pcap-site-'))
    const first = await startTestService('postgres', {
      folder,
      databaseUrl: cluster.url('site', 'app'),
      environment: { INLINE_WORKER: 'false', INSTANCES: '2', QUOTA_TASKS: '100000' },
    })
    const token = (await adminOf(first)).token ?? ''
    await first.end()
    const site = new Site(cluster, { folder, environment: first.environment, token })
    for (let i = 0; i < SERVICES; i++) site.#services.push(await startServiceProcess(site.#environment))
    for (let i = 0; i < WORKERS; i++) site.#workers.push(await startWorkerProcess(site.#environment))
    return site
  }

  async end(): Promise<void> {
    for (const child of [...this.#services.map((service) => service.child), ...this.#workers]) await end(child)
    await this.cluster.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** Kills one of a kind at once and starts it anew. */
  async killOne(target: Target, random: () => number): Promise<void> {
    if (target === 'database') {
      await crash(this.cluster)
      await this.cluster.start()
    } else if (target === 'worker') {
      const at = Math.floor(random() * WORKERS)
      await kill(this.#workers[at] as ChildProcess)
      this.#workers[at] = await startWorkerProcess(this.#environment)
    } else {
      const at = Math.floor(random() * SERVICES)
      await kill((this.#services[at] as { child: ChildProcess }).child)
      this.#services[at] = await startServiceProcess(this.#environment)
    }
    this.endLeases()
  }

  /** What a killed worker held is free when its lease is over; nobody waits half a minute for that here, and nobody gives up either. */
  endLeases(): void {
    this.cluster.sql(
      "update tasks set lease_until = 'epoch', attempts = least(attempts, 1) where status = 'processing'",
      'site',
    )
  }

  /** Sends a capture that nobody sent before, again until it is taken, as a patient client would. */
  async upload(): Promise<Taken> {
    const number = this.#uploads++
    const content = largeCapture(0, number)
    const sha256 = createHash('sha256').update(content).digest('hex')
    const way = number % 2 === 0 ? 'whole' : 'in parts'
    const taskId = way === 'whole' ? await this.#sendWhole(content) : await this.#sendInParts(content)
    return { taskId, sha256, way }
  }

  async #sendWhole(content: Buffer): Promise<string> {
    return this.patiently(async (client) => {
      const { status, json } = await client.upload(content)
      if (status >= 400 && status < 500) throw new Error(json.detail)
      return status === 202 ? json.task_id : null
    })
  }

  async #sendInParts(content: Buffer): Promise<string> {
    const tus = { 'tus-resumable': '1.0.0' }
    const path = await this.patiently(async (client) => {
      const headers = { ...tus, 'upload-length': String(content.length), 'upload-metadata': 'filename eC5wY2Fw' }
      const begun = await client.post('/api/uploads', undefined, headers)
      return begun.headers.get('location')
    })
    const half = Math.ceil(content.length / 2)
    return this.patiently(async (client) => {
      const known = await client.call('HEAD', path, undefined, tus)
      const taken = known.headers.get('x-task-id')
      if (taken !== null) return taken
      if (known.status === 404) throw new Error('an upload that was begun is gone')
      const offset = Number(known.headers.get('upload-offset'))
      if (known.status !== 200) return null
      const sent = await client.call('PATCH', path, content.subarray(offset, offset + half), {
        ...tus,
        'content-type': 'application/offset+octet-stream',
        'upload-offset': String(offset),
      })
      if (sent.status === 400) throw new Error(sent.json.detail)
      return sent.headers.get('x-task-id')
    })
  }

  /** Asks one service after the other until one gives what is wanted. */
  async patiently<Wanted>(work: (client: Client) => Promise<Wanted | null>): Promise<Wanted> {
    for (let tries = 0; tries < 3000; tries++) {
      const { base } = this.#services[tries % SERVICES] as { base: string }
      const wanted = await work(new Client(base, this.#token)).catch((error) => {
        if (error instanceof TypeError) return null // no connection
        throw error
      })
      if (wanted !== null) return wanted
      await wait(50)
    }
    throw new Error('nothing comes of it')
  }

  get(path: string): Promise<Answer> {
    return this.patiently(async (client) => {
      const answer = await client.get(path)
      return answer.status < 500 ? answer : null
    })
  }
}
