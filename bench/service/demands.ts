import { createReadStream, readFileSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { load, percentile } from './load.ts'
import type { Load } from './send-load.ts'
import type { Site } from './site.ts'

export interface Verdict {
  readonly demand: string
  readonly found: string
  readonly isMet: boolean
}

const CLIENTS = 20
const ROUNDS = 3
const UPLOAD_BYTES = 200 << 20
const VIEWERS = 1000
const LOGINS = 20
const SAMPLE = join(import.meta.dirname, '../../samples/slow-dns.pcap')

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** Status and history beside a bare route that sends as many bytes, in turns. */
export async function compareReading(
  site: Site,
  { seconds, tasks }: { seconds: number; tasks: number },
): Promise<Verdict[]> {
  const { cluster, base, yardstick } = site
  const admin = cluster.sql("select id from users where username = 'admin'", 'service')
  cluster.sql(
    `insert into tasks (task_id, filename, status, uploaded_at, created_at, analyzed_at, file_size_bytes, file_sha256, total_packets,
       health_score, report_html_path, report_json_path, owner_id, progress_percent, current_phase)
     select gen_random_uuid(), 'capture-' || n || '.pcap', 'completed', now() - n * interval '1 second', now(), now(), 1000 + n,
       md5(n::text) || md5(n::text), n, 90, 'reports/x.html', 'reports/x.json', '${admin}', 100, 'completed'
     from generate_series(1, ${tasks}) n; analyze tasks`,
    'service',
  )
  const ids = cluster.sql('select task_id from tasks order by task_id limit 1000', 'service').split('\n')
  const token = await site.token()
  const paths = { status: ids.map((id) => `/api/status/${id}`), history: ['/api/history'], live: ['/api/health/live'] }
  const service = (paths: readonly string[]) => ({ base, pid: site.pid, paths, token })
  const bare = async (path: string) => {
    const answer = await fetch(base + path, { headers: bearer(token) })
    const bytes = (await answer.arrayBuffer()).byteLength
    return { base: yardstick, pid: site.yardstickPid, paths: [`/bare/${bytes}`], token }
  }
  const asked: Record<string, Asked> = {
    'bare status': await bare(paths.status[0] ?? ''),
    status: service(paths.status),
    'bare history': await bare('/api/history'),
    history: service(paths.history),
    'bare live': await bare('/api/health/live'),
    live: service(paths.live),
  }
  const found = await inTurns(asked, seconds)
  return ['status', 'history', 'live'].map((name) => {
    const [own, yard] = [found[name], found[`bare ${name}`]] as [Cost, Cost]
    const share = own.perSecond / yard.perSecond
    const costs = ({ serverUs, clientUs }: Cost) =>
      `${serverUs.toFixed(0)} µs of the server, ${clientUs.toFixed(0)} µs of the client`
    return {
      demand: `${name} with ${tasks} tasks on PostgreSQL >= 50 % of a bare route`,
      found: `${Math.round(own.perSecond)} of ${Math.round(yard.perSecond)} requests/s: ${percent(share)} (each ${costs(own)}; bare ${costs(yard)})`,
      isMet: share >= 0.5,
    }
  })
}

interface Asked extends Omit<Load, 'clients' | 'seconds'> {
  readonly pid: number
}

/** What a request took of both sides; medians. */
interface Cost {
  readonly perSecond: number
  readonly serverUs: number
  readonly clientUs: number
}

/** Each load for a while, again and again, so that all of them meet the same machine. */
async function inTurns(asked: Readonly<Record<string, Asked>>, seconds: number): Promise<Record<string, Cost>> {
  const found: Record<string, Cost[]> = {}
  for (const { pid, ...what } of Object.values(asked)) await load({ ...what, clients: CLIENTS, seconds: 2 }, pid) // warm
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, { pid, ...what }] of Object.entries(asked)) {
      const measured = await load({ ...what, clients: CLIENTS, seconds: seconds / ROUNDS }, pid)
      if (measured.failed > 0) throw new Error(`${name}: ${measured.failed} refused`)
      const each = 1e6 / measured.latenciesMs.length
      const { requestsPerSecond: perSecond, serverCpuSeconds, clientCpuSeconds } = measured
      found[name] = [
        ...(found[name] ?? []),
        { perSecond, serverUs: each * serverCpuSeconds, clientUs: each * clientCpuSeconds },
      ]
    }
  }
  const medianOf = (costs: readonly Cost[], key: keyof Cost) => median(costs.map((cost) => cost[key]))
  return Object.fromEntries(
    Object.entries(found).map(([name, costs]) => [
      name,
      {
        perSecond: medianOf(costs, 'perSecond'),
        serverUs: medianOf(costs, 'serverUs'),
        clientUs: medianOf(costs, 'clientUs'),
      },
    ]),
  )
}

/** A large capture through the service, hashed, checked and stored, beside the same bytes written to disk and nothing else. */
export async function compareUploads({ base, yardstick, folder, token }: Site): Promise<Verdict[]> {
  const path = join(folder, 'large.pcap')
  writeFileSync(path, largeCapture(UPLOAD_BYTES))
  const headers = bearer(await token())
  const boundary = 'benchboundary'
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="large.pcap"\r\n\r\n`
  const tail = `\r\n--${boundary}--\r\n`
  const rates: Record<string, number[]> = { plain: [], upload: [], tus: [] }
  for (let round = 0; round <= ROUNDS; round++) {
    const plain = await timed(() => send(`${yardstick}/plain`, { path, type: 'application/octet-stream' }))
    const upload = await timed(() =>
      send(`${base}/api/upload`, { path, type: `multipart/form-data; boundary=${boundary}`, headers, head, tail }),
    )
    const begun = await fetch(`${base}/api/uploads`, {
      method: 'POST',
      headers: {
        ...headers,
        'tus-resumable': '1.0.0',
        'upload-length': String(statSync(path).size),
        'upload-metadata': `filename ${Buffer.from('large.pcap').toString('base64')}`,
      },
    })
    const tus = await timed(() =>
      send(base + begun.headers.get('location'), {
        path,
        method: 'PATCH',
        type: 'application/offset+octet-stream',
        headers: { ...headers, 'tus-resumable': '1.0.0', 'upload-offset': '0' },
      }),
    )
    await cancelAll(base, headers)
    if (round === 0) continue // warm
    rates.plain?.push(plain)
    rates.upload?.push(upload)
    rates.tus?.push(tus)
  }
  const [plain, upload, tus] = ['plain', 'upload', 'tus'].map((name) => UPLOAD_BYTES / 1e6 / median(rates[name] ?? []))
  const said = (rate = 0) => `${Math.round(rate)} of ${Math.round(plain ?? 0)} MB/s: ${percent(rate / (plain ?? 1))}`
  return [
    {
      demand: 'upload >= 60 % of a plain stream to disk',
      found: said(upload),
      isMet: (upload ?? 0) >= 0.6 * (plain ?? 0),
    },
    { demand: 'upload in parts (tus; not demanded)', found: said(tus), isMet: true },
  ]
}

/** Many open streams of progress over a task that waits, and how often the database is asked for them. */
export async function viewersAndReads({ base, cluster, token }: Site): Promise<Verdict> {
  const headers = bearer(await token())
  const stop = new AbortController()
  cluster.sql(
    "update tasks set status = 'processing', lease_until = 'infinity' where task_id = (select task_id from tasks limit 1)",
    'service',
  )
  const id = cluster.sql("select task_id from tasks where status = 'processing' limit 1", 'service')
  const streams = []
  for (let opened = 0; opened < VIEWERS; opened += 100) {
    const batch = Array.from({ length: 100 }, () =>
      fetch(`${base}/api/progress/${id}`, { headers, signal: stop.signal }),
    )
    streams.push(...(await Promise.all(batch)))
  }
  const before = await metrics(base)
  const startMs = performance.now()
  await new Promise((resolve) => setTimeout(resolve, 5000))
  const after = await metrics(base)
  const perSecond = (after.reads - before.reads) / ((performance.now() - startMs) / 1000)
  stop.abort()
  cluster.sql("update tasks set status = 'completed', lease_until = null where status = 'processing'", 'service')
  return {
    demand: `${VIEWERS} open viewers with one reader of the database`,
    found: `${after.viewers} viewers, ${perSecond.toFixed(1)} reads/s`,
    isMet: after.viewers === VIEWERS && perSecond <= 3,
  }
}

/** How fast the service says that it lives while two analyses run and passwords are hashed. */
export async function liveWhileBusy({ base, folder, pid, token }: Site, seconds: number): Promise<Verdict> {
  const headers = bearer(await token())
  const form = () => {
    const data = new FormData()
    data.set('file', new Blob([new Uint8Array(readFileSync(join(folder, 'large.pcap')))]), 'large.pcap')
    return data
  }
  const ids: string[] = []
  for (let upload = 0; upload < 2; upload++) {
    const answer = await fetch(`${base}/api/upload`, { method: 'POST', headers, body: form() })
    ids.push(((await answer.json()) as { task_id: string }).task_id)
  }
  const states = async () =>
    Promise.all(
      ids.map(
        async (id) =>
          ((await (await fetch(`${base}/api/status/${id}`, { headers })).json()) as { status: string }).status,
      ),
    )
  while ((await states()).some((state) => state === 'pending')) await new Promise((resolve) => setTimeout(resolve, 50))
  const logins = Array.from({ length: LOGINS }, (_unused, number) =>
    fetch(`${base}/api/token`, {
      method: 'POST',
      body: new URLSearchParams({ username: `nobody-${number}`, password: 'Wrong-Guess-77' }),
    }),
  )
  const { latenciesMs } = await load({ base, paths: ['/api/health/live'], clients: 1, seconds }, pid)
  const running = (await states()).filter((state) => state === 'processing').length
  const hashed = (await Promise.all(logins)).filter(({ status }) => status === 401).length
  await cancelAll(base, headers)
  const p99 = percentile(latenciesMs, 0.99)
  return {
    demand: 'p99 of /api/health/live < 50 ms while two analyses run and 20 logins hash',
    found: `${p99.toFixed(1)} ms over ${latenciesMs.length} requests (${hashed} logins hashed, ${running} analyses still running at the end)`,
    isMet: p99 < 50,
  }
}

async function metrics(base: string): Promise<{ viewers: number; reads: number }> {
  const text = await (await fetch(`${base}/metrics`)).text()
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1])
  return { viewers: value('pcap_progress_viewers'), reads: value('pcap_progress_reads') }
}

/** Nothing of a measurement shall run beside the next. */
async function cancelAll(base: string, headers: Record<string, string>): Promise<void> {
  for (const status of ['pending', 'processing']) {
    const answer = await fetch(`${base}/api/history?status=${status}&limit=100`, { headers })
    for (const { task_id } of ((await answer.json()) as { tasks: { task_id: string }[] }).tasks)
      await fetch(`${base}/api/reports/${task_id}`, { method: 'DELETE', headers })
  }
}

interface Sent {
  readonly path: string
  readonly type: string
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly head?: string
  readonly tail?: string
}

function send(url: string, { path, type, method = 'POST', headers = {}, head = '', tail = '' }: Sent): Promise<void> {
  const length = statSync(path).size + head.length + tail.length
  return new Promise((resolve, reject) => {
    const sending = request(
      url,
      { method, headers: { ...headers, 'content-type': type, 'content-length': length } },
      (answer) => {
        answer.resume()
        answer.once('end', () => {
          if ((answer.statusCode ?? 500) < 300) resolve()
          else reject(new Error(`${url} answers ${answer.statusCode}`))
        })
      },
    )
    sending.once('error', reject)
    sending.write(head)
    createReadStream(path, { highWaterMark: 1 << 20 })
      .once('end', () => sending.end(tail))
      .pipe(sending, { end: false })
  })
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startMs = performance.now()
  await work()
  return (performance.now() - startMs) / 1000
}

/** A small capture again and again, each time a minute later. */
function largeCapture(bytes: number): Buffer {
  const small = readFileSync(SAMPLE)
  const frames = small.subarray(24)
  const parts = [small.subarray(0, 24)]
  for (let round = 0, size = 24; size + frames.length <= bytes; round++, size += frames.length) {
    const copy = Buffer.from(frames)
    for (let at = 0; at < copy.length; at += 16 + copy.readUInt32LE(at + 8))
      copy.writeUInt32LE((copy.readUInt32LE(at) + 60 * round) % 0xffff_0000, at)
    parts.push(copy)
  }
  return Buffer.concat(parts)
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}
