import { writeFileSync } from 'node:fs'
import { isatty } from 'node:tty'
import { type Call, type CommandDefinition, textOption } from '../command/command.ts'
import { choiceOption, numberOption, requiredOption } from '../command/option-reading.ts'
import { type Check, judged } from '../command/outcome.ts'
import { testConnection } from '../connection/connection-test.ts'
import { completeParameters } from '../connection/url.ts'
import { formatCredentials, readCredentialFormat } from '../credentials/credential-formats.ts'
import { generateSecret, secretKinds } from '../credentials/generate-key.ts'
import { passwordProblems, productionPolicy, standardPolicy } from '../credentials/password-policy.ts'
import { readSecretFile } from '../credentials/secret-file.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE, exitCodeOf } from '../exit-codes.ts'
import { writeNewFile } from '../state/new-file.ts'
import { credentialsOf, formOption, sourceOptions } from './credential-sources.ts'

export const credGet: CommandDefinition = {
  name: 'cred get',
  summary:
    'Finds the login of the database and prints it in a form, masked; cred export hands it on with the password.',
  options: [
    ...sourceOptions,
    formOption,
    { flags: '--reveal', description: 'print it with the password, on a terminal; not in production' },
  ],
  changes: 'nothing',
  example: 'dbops cred get --form url',
  async run(call) {
    const credentials = await credentialsOf(call)
    const form = readCredentialFormat(textOption(call, 'form') ?? 'url')
    const isRevealed = call.options.reveal === true
    if (isRevealed) requireEyes(call)
    const text = formatCredentials(credentials, form, false)
    // the printed text is redacted by the command itself, so a revealed one goes out here
    if (isRevealed) writeFileSync(1, `${formatCredentials(credentials, form, true)}\n`)
    return {
      summary: isRevealed ? '' : text,
      exitCode: EXIT_FINE,
      text: '',
      data: { form, masked: text, sources: credentials.sources },
      audit: { sources: credentials.sources, user: credentials.user, form, isRevealed },
    }
  },
}

/** A password is shown to people only: what goes into a pipe ends in a log. @throws {DbopsError} REFUSED */
function requireEyes({ environment }: Call): void {
  const hint = 'dbops cred export hands it on by file or descriptor'
  if (environment === 'production') throw new DbopsError('REFUSED', 'production prints no password', { hint })
  if (!isatty(1)) throw new DbopsError('REFUSED', 'the output is no terminal, and gets no password', { hint })
}

export const credTest: CommandDefinition = {
  name: 'cred test',
  summary: 'Finds the login and tries it.',
  options: [...sourceOptions, { flags: '--sslmode <mode>', description: 'as libpq means it (default: prefer)' }],
  changes: 'nothing',
  example: 'dbops cred test --sslmode verify-full',
  async run(call) {
    const { host, port, database, user, password } = await credentialsOf(call)
    const words = { host, port: String(port), dbname: database, user, sslmode: textOption(call, 'sslmode') ?? 'prefer' }
    const { failure } = await testConnection({ ...completeParameters(words, call.variables), password })
    return {
      summary: failure === null ? `${user} can log in to ${database}` : failure.message,
      exitCode: failure === null ? EXIT_FINE : exitCodeOf(failure),
      text: '',
    }
  },
}

export const credGenerate: CommandDefinition = {
  name: 'cred generate',
  summary:
    'Makes a password that every policy accepts and that needs no escape anywhere, a key, or a passphrase; into a file.',
  options: [
    { flags: '--to-file <file>', description: 'new file that only you may read' },
    { flags: '--kind <name>', description: `${secretKinds.join(', ')}: keys have 256 bits (default: password)` },
    { flags: '--length <count>', description: 'characters of a password (default: 32)' },
  ],
  changes: 'files',
  example: 'dbops cred generate --to-file app.password',
  run(call) {
    const kind = choiceOption(call, 'kind', secretKinds, 'password')
    const { secret, bits } = generateSecret(kind, numberOption(call, 'length', 32, 20, 128))
    const path = requiredOption(call, 'toFile', '--to-file')
    writeNewFile(path, `${secret.reveal()}\n`)
    return {
      summary: `${path}: ${secret.reveal().length} characters, ${bits} bits`,
      exitCode: EXIT_FINE,
      text: '',
      audit: { kind, fingerprint: secret.fingerprint() },
    }
  },
}

export const credCheck: CommandDefinition = {
  name: 'cred check',
  summary: 'Judges the password of a file by the policy, without showing it.',
  options: [
    { flags: '--from-file <file>', description: 'file with the password' },
    { flags: '--policy <name>', description: 'standard or production (default: production)' },
    { flags: '--user <name>', description: 'role it is for, which must not be in it' },
  ],
  changes: 'nothing',
  example: 'dbops cred check --from-file app.password --user app_a',
  run(call) {
    const path = requiredOption(call, 'fromFile', '--from-file')
    const policy =
      choiceOption(call, 'policy', ['standard', 'production'], 'production') === 'production'
        ? productionPolicy
        : standardPolicy
    const user = textOption(call, 'user')
    const problems = passwordProblems(
      readSecretFile({ path, environment: call.environment }),
      policy,
      user === null ? [] : [user],
    )
    const checks = problems.map(
      (evidence): Check => ({
        id: 'cred.policy',
        title: 'the password is good enough',
        verdict: 'fail',
        tier: 'critical',
        evidence,
      }),
    )
    return judged(problems.length === 0 ? 'good enough' : `${problems.length} reason(s) against it`, checks)
  },
}
