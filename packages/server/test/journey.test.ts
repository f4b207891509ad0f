import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Client } from './support/client.ts'
import { framesOf } from './support/frames.ts'
import {
  ADMIN_PASSWORD,
  dialects,
  printedPassword,
  sample,
  startTestService,
  stopCluster,
  type TestService,
} from './support/test-service.ts'

afterAll(stopCluster)

describe.each(dialects)('the way from start to report on %s', (dialect) => {
  let service: TestService
  let client: Client
  beforeAll(async () => {
    service = await startTestService(dialect)
    client = new Client(service.base)
  })
  afterAll(() => service.end())

  it('says once who the administrator is, and where to go', () => {
    expect(service.printed).toContain('ADMIN BRISE-GLACE')
    expect(printedPassword(service)).toHaveLength(24)
    expect(service.printed).toContain(service.base)
    expect(service.logged).not.toContain(printedPassword(service))
  })

  it('tells its health without a login', async () => {
    const health = await client.get('/api/health')
    expect(health).toMatchObject({ status: 200, json: { status: 'ok', database: 'connected' } })
  })

  it('lets nobody pass who did not change the first password', async () => {
    const first = printedPassword(service)
    const token = await client.logIn('admin', first)
    expect(token.json).toMatchObject({ token_type: 'bearer', expires_in: 1800, password_must_change: true })
    client.token = token.json.access_token
    expect((await client.get('/api/history')).status).toBe(403)
    expect((await client.upload(sample('slow-dns.pcap'))).status).toBe(403)
    const changed = await client.put('/api/users/me', { current_password: first, new_password: ADMIN_PASSWORD })
    expect(changed).toMatchObject({ status: 200, json: { password_must_change: false } })
    expect((await client.get('/api/history')).json).toMatchObject({ tasks: [], count: 0 })
  })

  let taskId = ''
  it('takes a capture and analyses it in the background', async () => {
    const accepted = await client.upload(sample('slow-dns.pcap'), 'office slow.pcap')
    expect(accepted).toMatchObject({ status: 202, json: { status: 'pending', filename: 'office slow.pcap' } })
    taskId = accepted.json.task_id
    expect(accepted.json.progress_url).toBe(`/api/progress/${taskId}`)
    const ended = await client.ended(taskId)
    expect(ended.json).toMatchObject({ status: 'completed', progress_percent: 100, error_message: null })
    expect(ended.json.total_packets).toBeGreaterThan(0)
  })

  it('tells while it runs how many packets there are and what is being done', async () => {
    const { snapshots } = (await client.get(`/api/progress/history/${taskId}`)).json
    const running = snapshots.filter(
      ({ status, message }: Record<string, unknown>) => status === 'processing' && message === null,
    )
    expect(running.length).toBeGreaterThan(0)
    for (const snapshot of running) {
      expect(snapshot.total_packets).toBeGreaterThan(0)
      expect(snapshot.total_packets_is_estimate).toBe(snapshot.phase !== 'reporting')
      expect(snapshot.current_analyzer).toEqual(expect.any(String))
    }
    const { json } = await client.get(`/api/status/${taskId}`)
    expect(json).toMatchObject({
      packets_processed: json.total_packets,
      total_packets_is_estimate: false,
      current_analyzer: null,
    })
  })

  it('streams how it went, to the last event with the report', async () => {
    const { text, headers } = await client.get(`/api/progress/${taskId}`)
    expect(headers.get('content-type')).toContain('text/event-stream')
    const events = [...text.matchAll(/^id: (\d+)\ndata: (.*)$/gm)].map(([, id, data]) => ({ id, ...JSON.parse(data) }))
    expect(events[0].status).toBe('pending')
    expect(events.at(-1)).toMatchObject({ status: 'completed', report_json_url: `/api/reports/${taskId}/json` })
    const again = await client.get(`/api/progress/${taskId}`, { 'last-event-id': events[0].id })
    expect(again.text).not.toContain(`id: ${events[0].id}\n`)
    expect(again.text).toContain(`id: ${events.at(-1)?.id}\n`)
    const stored = await client.get(`/api/progress/history/${taskId}`)
    expect(stored.json.count).toBe(events.length)
  })

  it('gives the report as HTML and JSON and in other forms', async () => {
    const json = await client.get(`/api/reports/${taskId}/json`)
    expect(json.json.capture.files[0].name).toBe('office slow.pcap')
    expect(json.headers.get('content-disposition')).toContain(`pcap_analysis_${taskId}.json`)
    const html = await client.get(`/api/reports/${taskId}/html`)
    expect(html.headers.get('content-type')).toContain('text/html')
    expect(html.text).toContain('office slow.pcap')
    for (const form of ['csv', 'markdown', 'junit', 'sarif', 'openmetrics']) {
      expect((await client.get(`/api/reports/${taskId}/${form}`)).status, form).toBe(200)
    }
    const capture = await fetch(`${service.base}/api/tasks/${taskId}/capture`, {
      headers: { authorization: `Bearer ${client.token}` },
    })
    expect(Buffer.from(await capture.arrayBuffer())).toEqual(sample('slow-dns.pcap'))
  })

  it('gives the frames that prove a finding, from the capture as it was', async () => {
    const report = (await client.get(`/api/reports/${taskId}/json`)).json
    const [finding] = report.findings
    const headers = { authorization: `Bearer ${client.token}` }
    for (const name of ['1', finding.key]) {
      const answer = await fetch(`${service.base}/api/reports/${taskId}/evidence/${encodeURIComponent(name)}`, {
        headers,
      })
      expect(answer.status).toBe(200)
      expect(answer.headers.get('content-disposition')).toContain(`_${finding.kind}.pcapng"`)
      const evidence = Buffer.from(await answer.arrayBuffer())
      expect(evidence.subarray(0, 4).toString('hex')).toBe('0a0d0d0a')
      expect(evidence.toString('latin1')).toContain('office slow.pcap')
      const frames = await framesOf(evidence)
      const original = await framesOf(sample('slow-dns.pcap'))
      expect(finding.evidence.frames).toHaveLength(finding.evidence.total)
      expect(frames).toEqual(finding.evidence.frames.map((number: number) => original[number - 1]))
    }
    const missing = await client.get(`/api/reports/${taskId}/evidence/nothing-of-the-kind`)
    expect(missing).toMatchObject({ status: 404, json: { detail: 'there is no finding nothing-of-the-kind' } })
  })

  it('says that the same capture was analysed already', async () => {
    const again = await client.upload(sample('slow-dns.pcap'))
    expect(again.json.already_analysed.task_id).toBe(taskId)
    await client.ended(again.json.task_id)
  })

  it('deletes everything of a report', async () => {
    const deleted = await client.delete(`/api/reports/${taskId}`)
    expect(deleted).toMatchObject({ status: 200, json: { task_id: taskId, deleted_files: ['HTML', 'JSON', 'PCAP'] } })
    expect((await client.get(`/api/status/${taskId}`)).json).toMatchObject({ status: 'expired', report_html_url: null })
    expect((await client.get(`/api/reports/${taskId}/json`)).status).toBe(404)
  })

  it('ends a session for good', async () => {
    expect((await client.post('/api/logout')).status).toBe(200)
    expect((await client.get('/api/history')).status).toBe(401)
  })
})
