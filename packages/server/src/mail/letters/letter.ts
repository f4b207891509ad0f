/** What a mail may tell; never more than it needs. */
export interface MailValues {
  /** Who reads it. */
  readonly recipient?: string
  readonly username?: string
  readonly email?: string
  readonly token?: string
  readonly temporaryPassword?: string
  readonly ip?: string
  readonly time?: string
}

export interface MailPlaces {
  readonly baseUrl: string
  readonly supportEmail: string
}

export interface Letter {
  readonly subject: string
  readonly lines: (values: MailValues, places: MailPlaces) => readonly string[]
}

export type MailKind =
  | 'registration-pending'
  | 'approval-needed'
  | 'account-approved'
  | 'account-blocked'
  | 'reset-requested'
  | 'reset-done'
  | 'reset-by-administrator'
  | 'second-factor-changed'

/** Every mail in one language, and what stands around each. */
export interface Letters {
  readonly language: string
  readonly subject: (subject: string) => string
  readonly greeting: (username: string) => string
  readonly questions: (supportEmail: string) => string
  readonly letters: Readonly<Record<MailKind, Letter>>
}
