import type { Letters } from './letter.ts'

export const english: Letters = {
  language: 'en',
  subject: (subject) => `PCAP Analyzer: ${subject}`,
  greeting: (username) => `Hello ${username},`,
  questions: (supportEmail) => `Questions? Write to ${supportEmail}.`,
  letters: {
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
  },
}
