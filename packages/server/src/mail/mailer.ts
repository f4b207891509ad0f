import type { FastifyBaseLogger } from 'fastify'
import { createTransport, type Transporter } from 'nodemailer'
import type { Config } from '../config/config.ts'
import type { OpenDatabase } from '../db/open-database.ts'
import type { MailKind, MailValues } from './letters/letter.ts'
import { mailOf } from './mails.ts'

const TIMEOUT_MS = 15_000

/** Whom a mail goes to. */
export interface Recipient {
  readonly username: string
  readonly email: string
  readonly language: string
}

/** Sends mails in the background, when they are switched on; a mail that cannot be sent is logged and nothing else. */
export class Mailer {
  readonly #config: Config
  readonly #database: OpenDatabase
  readonly #log: FastifyBaseLogger
  readonly #transport: Transporter | null
  readonly #underWay = new Set<Promise<void>>()

  constructor(config: Config, database: OpenDatabase, log: FastifyBaseLogger) {
    this.#config = config
    this.#database = database
    this.#log = log
    this.#transport = config.values.MAIL_ENABLED ? transportOf(config) : null
  }

  get isEnabled(): boolean {
    return this.#transport !== null
  }

  /** Sends a mail later; nothing when mails are off. */
  send(kind: MailKind, to: Recipient, values: MailValues = {}): void {
    const transport = this.#transport
    if (transport === null) return
    const { MAIL_FROM, MAIL_FROM_NAME, APP_BASE_URL, SUPPORT_EMAIL } = this.#config.values
    const places = { baseUrl: APP_BASE_URL ?? '', supportEmail: SUPPORT_EMAIL ?? '' }
    const { subject, text, html } = mailOf(kind, { ...values, recipient: to.username }, places, to.language)
    const sending = transport
      .sendMail({
        from: { name: MAIL_FROM_NAME ?? '', address: MAIL_FROM ?? '' },
        to: { name: '', address: to.email },
        subject,
        text,
        html,
        disableFileAccess: true,
        disableUrlAccess: true,
      })
      .then(
        () => this.#log.info({ mail: kind }, 'mail sent'),
        (error) => this.#log.error({ err: error, mail: kind }, 'mail not sent'),
      )
      .finally(() => this.#underWay.delete(sending))
    this.#underWay.add(sending)
  }

  /** Sends the same mail to every active administrator. */
  async tellAdministrators(kind: MailKind, values: MailValues): Promise<void> {
    if (this.#transport === null) return
    const administrators = await this.#database.query
      .selectFrom('users')
      .select(['username', 'email', 'language'])
      .where('role', '=', 'admin')
      .where('is_active', '=', true)
      .execute()
    for (const administrator of administrators) this.send(kind, administrator, values)
  }

  /** Waits for mails under way. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#underWay)
    this.#transport?.close()
  }
}

function transportOf({ values }: Config): Transporter {
  const user = values.SMTP_USERNAME ?? ''
  return createTransport({
    host: values.SMTP_HOST ?? 'localhost',
    port: values.SMTP_PORT,
    secure: values.SMTP_SSL,
    requireTLS: values.SMTP_TLS,
    ignoreTLS: !values.SMTP_TLS && !values.SMTP_SSL,
    tls: { rejectUnauthorized: values.VALIDATE_CERTS },
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    ...(user === '' ? {} : { auth: { user, pass: values.SMTP_PASSWORD ?? '' } }),
  })
}
