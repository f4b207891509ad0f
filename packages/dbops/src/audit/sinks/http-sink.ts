import { requestJson } from '../../credentials/https-json.ts'
import type { Secret } from '../../secret.ts'
import type { AuditSink } from './audit-sink.ts'

const MOST_AT_ONCE = 500

/** A collector that takes JSON lines; every answer but 2xx means that they are not there. */
export function httpSink(url: string, token: Secret | null): AuditSink {
  return {
    name: new URL(url).origin + new URL(url).pathname,
    async deliver(records) {
      for (let start = 0; start < records.length; start += MOST_AT_ONCE) {
        const lines = records.slice(start, start + MOST_AT_ONCE).map((record) => JSON.stringify(record))
        const { status } = await requestJson({
          url,
          method: 'POST',
          headers: {
            'content-type': 'application/x-ndjson',
            ...(token === null ? {} : { authorization: `Bearer ${token.reveal()}` }),
          },
          body: `${lines.join('\n')}\n`,
          timeoutMs: 5_000,
        })
        if (status < 200 || status > 299) throw new Error(`it answers ${status}`)
      }
    },
  }
}
