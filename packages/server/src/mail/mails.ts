/** What a mail may tell; never more than it needs. */
export interface MailValues {
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

interface Letter {
  readonly subject: string
  readonly lines: (values: MailValues, places: MailPlaces) => readonly string[]
}

const letters = {
  'registration-pending': {
    subject: 'Your registration is waiting for approval',
    lines: () => ['Your account was created. You can log in as soon as an administrator has approved it.'],
  },
  'approval-needed': {
    subject: 'An account is waiting for approval',
    lines: ({ username, email }, { baseUrl }) => [
      `${username} (${email}) registered and waits for approval.`,
      `Decide here: ${baseUrl}/admin`,
    ],
  },
  'account-approved': {
    subject: 'Your account has been approved',
    lines: (_values, { baseUrl }) => ['Your account has been approved.', `Log in here: ${baseUrl}/login`],
  },
  'account-blocked': {
    subject: 'Your account has been deactivated',
    lines: () => ['An administrator has deactivated your account.'],
  },
  'reset-requested': {
    subject: 'Reset your password',
    lines: ({ token, ip, time }, { baseUrl }) => [
      'Somebody asked to reset your password. If it was not you, ignore this mail: nothing changes.',
      `Choose a new password within 60 minutes: ${baseUrl}/reset-password?token=${token}`,
      `Asked from ${ip} at ${time}.`,
    ],
  },
  'reset-done': {
    subject: 'Your password was changed',
    lines: ({ ip, time }) => [`Your password was changed from ${ip} at ${time}. All sessions were ended.`],
  },
  'reset-by-administrator': {
    subject: 'An administrator has reset your password',
    lines: ({ temporaryPassword }, { baseUrl }) => [
      'An administrator has reset your password. You must choose another one when you log in.',
      `Temporary password: ${temporaryPassword}`,
      `Log in here: ${baseUrl}/login`,
    ],
  },
  'second-factor-changed': {
    subject: 'Two-factor authentication was changed',
    lines: ({ ip, time }) => [`Two-factor authentication of your account was changed from ${ip} at ${time}.`],
  },
} as const satisfies Record<string, Letter>

export type MailKind = keyof typeof letters

/** Subject, text and HTML of a mail. */
export function mailOf(kind: MailKind, values: MailValues, places: MailPlaces) {
  const { subject, lines } = letters[kind] as Letter
  const paragraphs = [
    `Hello ${kind === 'approval-needed' ? 'administrator' : values.username},`,
    ...lines(values, places),
    `Questions? Write to ${places.supportEmail}.`,
  ]
  return {
    subject: `PCAP Analyzer: ${subject}`,
    text: `${paragraphs.join('\n\n')}\n`,
    html: `<!doctype html><html lang="en"><body>${paragraphs.map((one) => `<p>${linked(one)}</p>`).join('')}</body></html>`,
  }
}

/** Escaped; addresses of the service become links. */
function linked(text: string): string {
  return escaped(text).replace(/https?:\/\/\S+/g, (url) => `<a href="${url}">${url}</a>`)
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`)
}
