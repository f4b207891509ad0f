import { execFile } from 'node:child_process'
import type { Check } from '../command/outcome.ts'
import { requestJson } from '../credentials/https-json.ts'
import { DbopsError } from '../errors.ts'
import { plainEnvironment } from '../run.ts'
import { redact, type Secret } from '../secret.ts'

/** What is told: what fails anew, and what is well again. */
export interface Alert {
  readonly summary: string
  readonly target: string | null
  readonly failed: readonly Pick<Check, 'id' | 'tier' | 'evidence'>[]
  readonly resolved: readonly string[]
}

/** A way to people. */
export interface AlertChannel {
  /** For messages; never holds a secret. */
  readonly name: string
  /** @throws when it was not taken */
  send(alert: Alert): Promise<void>
}

/** The alert as lines. */
export function alertText({ summary, target, failed, resolved }: Alert): string {
  return [
    `dbops: ${summary}${target === null ? '' : ` (${target})`}`,
    ...failed.map(({ id, tier, evidence }) => `- ${id} (${tier}): ${evidence}`),
    ...resolved.map((id) => `- ${id}: well again`),
  ].join('\n')
}

/** A webhook, as text and as data, in the form that Slack and its like read; tried again when the other side is busy. */
export function webhook(url: string): AlertChannel {
  return {
    name: `webhook ${new URL(url).origin}`,
    async send(alert) {
      const { status } = await requestJson({
        url,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ text: alertText(alert), ...alert }),
      })
      if (status < 200 || status > 299) throw new DbopsError('CONNECTION_REFUSED', `the webhook answers ${status}`)
    },
  }
}

export interface MailOptions {
  /** `smtp://user@host:587` with STARTTLS, or `smtps://user@host:465`. */
  readonly server: URL
  readonly password: Secret | null
  readonly from: string
  readonly to: readonly string[]
}

/** A mail over SMTP: with TLS to every host but this one, and never a login in clear. */
export function mail({ server, password, from, to }: MailOptions): AlertChannel {
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(server.hostname)
  const isTls = server.protocol === 'smtps:'
  return {
    name: `mail by ${server.host}`,
    async send(alert) {
      const { createTransport } = await import('nodemailer')
      const user = decodeURIComponent(server.username)
      const transport = createTransport({
        host: server.hostname.replace(/^\[|\]$/g, ''),
        port: Number(server.port) || (isTls ? 465 : 587),
        secure: isTls,
        requireTLS: !isTls && (!isHere || password !== null),
        ignoreTLS: isHere && password === null,
        ...(password === null ? {} : { auth: { user, pass: password.reveal() } }),
        connectionTimeout: 15_000,
        greetingTimeout: 15_000,
        socketTimeout: 30_000,
      })
      try {
        await transport.sendMail({
          from,
          to: [...to],
          subject: `dbops: ${alert.summary}`.replace(/[\r\n]+/g, ' ').slice(0, 200),
          text: alertText(alert),
          disableFileAccess: true,
          disableUrlAccess: true,
        })
      } catch (cause) {
        const { code, message } = cause as { code?: string; message: string }
        throw new DbopsError(code === 'EAUTH' ? 'AUTHENTICATION_FAILED' : 'CONNECTION_REFUSED', redact(message), {
          cause,
        })
      } finally {
        transport.close()
      }
    },
  }
}

/** A program of the site: the alert as JSON on its standard input, nothing of it in its arguments. */
export function program(path: string): AlertChannel {
  return {
    name: `exec ${path}`,
    send: (alert) =>
      new Promise((resolve, reject) => {
        const child = execFile(path, [], { env: plainEnvironment(), timeout: 60_000 }, (error, _, stderr) => {
          if (error === null) resolve()
          else
            reject(
              new DbopsError('CHILD_FAILED', redact(`${path} ended with ${error.code}: ${stderr.trim().slice(-200)}`)),
            )
        })
        child.stdin?.on('error', () => {}) // told by how it ends
        child.stdin?.end(JSON.stringify({ text: alertText(alert), ...alert }))
      }),
  }
}
