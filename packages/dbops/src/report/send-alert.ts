import type { Check } from '../command/outcome.ts'
import { requestJson } from '../credentials/https-json.ts'
import { DbopsError } from '../errors.ts'

export interface Alert {
  readonly summary: string
  readonly target: string | null
  readonly checks: readonly Check[]
}

/** Posts failures to a webhook, as text and as data; tried again when the other side is busy. @throws {DbopsError} when it was not taken */
export async function sendAlert(url: string, { summary, target, checks }: Alert): Promise<void> {
  const failed = checks
    .filter(({ verdict }) => verdict === 'fail')
    .map(({ id, tier, evidence }) => ({ id, tier, evidence }))
  const text = [
    `dbops: ${summary}${target === null ? '' : ` (${target})`}`,
    ...failed.map(({ id, evidence }) => `- ${id}: ${evidence}`),
  ].join('\n')
  const { status } = await requestJson({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text, summary, target, failed }),
  })
  if (status < 200 || status > 299) throw new DbopsError('CONNECTION_REFUSED', `the webhook answers ${status}`)
}
