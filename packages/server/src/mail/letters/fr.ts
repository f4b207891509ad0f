import type { Letters } from './letter.ts'

export const french: Letters = {
  language: 'fr',
  subject: (subject) => `PCAP Analyzer : ${subject}`,
  greeting: (username) => `Bonjour ${username},`,
  questions: (supportEmail) => `Une question ? Écrivez à ${supportEmail}.`,
  letters: {
    'registration-pending': {
      subject: 'Votre inscription attend une validation',
      lines: () => ["Votre compte a été créé. Vous pourrez vous connecter dès qu'un administrateur l'aura validé."],
    },
    'approval-needed': {
      subject: 'Un compte attend une validation',
      lines: ({ username, email }, { baseUrl }) => [
        `${username} (${email}) s'est inscrit et attend une validation.`,
        `Décidez ici : ${baseUrl}/admin`,
      ],
    },
    'account-approved': {
      subject: 'Votre compte a été validé',
      lines: (_values, { baseUrl }) => ['Votre compte a été validé.', `Connectez-vous ici : ${baseUrl}/login`],
    },
    'account-blocked': {
      subject: 'Votre compte a été désactivé',
      lines: () => ['Un administrateur a désactivé votre compte.'],
    },
    'reset-requested': {
      subject: 'Réinitialisation de votre mot de passe',
      lines: ({ token, ip, time }, { baseUrl }) => [
        "Quelqu'un a demandé à réinitialiser votre mot de passe. Si ce n'était pas vous, ignorez ce message : rien ne change.",
        `Choisissez un nouveau mot de passe dans les 60 minutes : ${baseUrl}/reset-password?token=${token}`,
        `Demande faite depuis ${ip} à ${time}.`,
      ],
    },
    'reset-done': {
      subject: 'Votre mot de passe a été changé',
      lines: ({ ip, time }) => [
        `Votre mot de passe a été changé depuis ${ip} à ${time}. Toutes les sessions ont été fermées.`,
      ],
    },
    'reset-by-administrator': {
      subject: 'Un administrateur a réinitialisé votre mot de passe',
      lines: ({ temporaryPassword }, { baseUrl }) => [
        'Un administrateur a réinitialisé votre mot de passe. Vous devrez en choisir un autre en vous connectant.',
        `Mot de passe temporaire : ${temporaryPassword}`,
        `Connectez-vous ici : ${baseUrl}/login`,
      ],
    },
    'second-factor-changed': {
      subject: "L'authentification à deux facteurs a été modifiée",
      lines: ({ ip, time }) => [
        `L'authentification à deux facteurs de votre compte a été modifiée depuis ${ip} à ${time}.`,
      ],
    },
  },
}
