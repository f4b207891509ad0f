import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { randomFrom } from './support/random.ts'
import { Site, type Taken, targets } from './support/site.ts'

/** `KILL_MOMENTS=30 KILL_SEED=1 npx vitest run packages/server/test/kill.test.ts` kills each of them at thirty moments. */
const MOMENTS = Number(process.env.KILL_MOMENTS ?? 2)
const SEED = Number(process.env.KILL_SEED ?? 1)
const LONGEST_MOMENT_MS = 2000
const UPLOADS_PER_MOMENT = 2
const PATIENCE_MS = 300_000 + MOMENTS * 60_000

let site: Site
beforeAll(async () => {
  site = await Site.start()
})
afterAll(() => site?.end())

it.each(targets.map((target, at) => [target, at] as const))(
  'a %s that is killed at random moments loses nothing, and nothing is done twice',
  async (target, at) => {
    const random = randomFrom(SEED * 1000 + at)
    const taken: Taken[] = []
    for (let moment = 0; moment < MOMENTS; moment++) {
      const sending = Array.from({ length: UPLOADS_PER_MOMENT }, () => site.upload())
      await wait(random() * LONGEST_MOMENT_MS)
      await site.killOne(target, random)
      taken.push(...(await Promise.all(sending)))
    }
    site.endLeases()
    for (const { taskId, sha256 } of taken) {
      const ended = await site.patiently(async (client) => {
        const { status, json } = await client.get(`/api/status/${taskId}`)
        return status !== 200 || ['pending', 'processing'].includes(json.status) ? null : json
      })
      expect(ended, JSON.stringify(ended)).toMatchObject({ status: 'completed', file_sha256: sha256 })
      const { snapshots } = (await site.get(`/api/progress/history/${taskId}`)).json
      const last = snapshots.filter(({ phase }: { phase: string }) => phase === 'completed')
      expect(last).toHaveLength(1)
      const report = (await site.get(`/api/reports/${taskId}/json`)).json
      expect(report.provenance.captures[0].sha256).toBe(sha256)
    }
    for (const { sha256, way } of taken) {
      const tasks = Number(site.cluster.sql(`select count(*) from tasks where file_sha256 = '${sha256}'`, 'site'))
      // whoever sends whole and loses the answer cannot know; in parts it is one task, whatever happened
      if (way === 'in parts') expect(tasks).toBe(1)
      else expect(tasks).toBeGreaterThan(0)
    }
    expect((await site.get('/api/admin/audit/verify')).json).toEqual({ is_whole: true, broken_at: null })
  },
  PATIENCE_MS,
)

it('captures come back as they were sent, from either service', async () => {
  const { taskId, sha256 } = await site.upload()
  const hash = await site.patiently(async ({ base, token }) => {
    const headers = { authorization: `Bearer ${token}` }
    const answer = await fetch(`${base}/api/tasks/${taskId}/capture`, { headers })
    return createHash('sha256')
      .update(Buffer.from(await answer.arrayBuffer()))
      .digest('hex')
  })
  expect(hash).toBe(sha256)
})
