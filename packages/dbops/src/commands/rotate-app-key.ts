import { type Call, type CommandDefinition, textOption } from '../command/command.ts'
import { choiceOption, hookOption, numberOption } from '../command/option-reading.ts'
import { journalFolder } from '../command/state-folder.ts'
import { secretKinds } from '../credentials/generate-key.ts'
import type { SecretProvider } from '../credentials/secret-provider.ts'
import { keepUse } from '../credentials/secret-uses.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { addKnownSecret } from '../guard/known-secrets.ts'
import {
  type AppKeyPayload,
  type AppKeyRotationOptions,
  planAppKey,
  rollBackAppKey,
  rotateAppKey,
} from '../rotation/rotate-app-key.ts'
import { Journal, type JournalEntry } from '../state/journal.ts'
import { namedSecret } from './login-store.ts'
import { finished, locked, requireNoneOpen, rotationsOf } from './rotation-run.ts'
import type { RotationSubject } from './rotation-subject.ts'

const DAY_MS = 86_400_000

export const rotateAppKeyCommand: CommandDefinition = {
  name: 'rotate app-key',
  summary:
    'Gives an application a new key to sign or seal with, and keeps the one before under a second name, so that what it signed stays good for a while.',
  options: [
    {
      flags: '--store <place>',
      description: 'the key: store:FILE#NAME, key-vault:URL#NAME, vault:URL#PATH or aws:REGION#NAME',
    },
    { flags: '--ca <file>', description: 'CA of the vault' },
    { flags: '--previous-name <name>', description: 'where the key before is kept (default: NAME-previous)' },
    { flags: '--kind <name>', description: `of the new key: ${secretKinds.join(', ')} (default: base64url)` },
    {
      flags: '--overlap-days <days>',
      description: 'refuse to give up a kept key that is younger (default: 7); 0 after a leak',
    },
    {
      flags: '--hook <command>',
      description: 'run in a shell when the new key is published, such as a reload of the application; repeatable',
      isRepeatable: true,
    },
    {
      flags: '--reread <seconds>',
      description: 'how long the store may take to give back what was written (default: 10)',
    },
  ],
  changes: 'server',
  example: "dbops rotate app-key --store store:secrets.store#session-key --hook 'systemctl reload app' --apply",
  async run(call) {
    const { provider, name } = keyOf(call)
    const subject = keySubject(call, provider, name, textOption(call, 'previousName') ?? previousNameOf(name))
    const { text, payload } = await subject.plan()
    requireNoneOpen(call, subject)
    await requireOverlapOver(call, subject, provider, (payload as AppKeyPayload).previousName)
    if (!call.isApplied)
      return { summary: 'plan only; --apply does it', exitCode: EXIT_FINE, text, data: { plan: text, ...payload } }
    call.confirm(name, 'rotating the key of an application')
    return await locked(call, subject, async () => {
      requireNoneOpen(call, subject)
      const journal = Journal.begin(
        journalFolder(call),
        { kind: subject.kind, target: subject.target, payload },
        call.now,
      )
      return await finished(subject, journal)
    })
  },
}

/** The subject of a rotation of a key that was begun; what keeps the key before is as it was then. */
export function keySubjectOf(call: Call, { payload }: JournalEntry): RotationSubject {
  const { provider, name } = keyOf(call)
  return keySubject(call, provider, name, (payload as AppKeyPayload).previousName)
}

function keySubject(call: Call, provider: SecretProvider, name: string, previousName: string): RotationSubject {
  const target = `key ${name} of ${provider.name}`
  const options: AppKeyRotationOptions = {
    provider,
    name,
    previousName,
    kind: choiceOption(call, 'kind', secretKinds, 'base64url'),
    rereadMs: numberOption(call, 'reread', 10) * 1000,
    hooks: hookOption(call, 'hook', 'afterRotation'),
    onProgress: call.progress,
    onPublished: (key) => {
      keepUse(call.stateFolder, key, `${name} in ${provider.name}`)
      addKnownSecret(call.stateFolder, key)
    },
  }
  return {
    kind: 'rotate-key',
    target,
    server: async () => null,
    async plan() {
      const payload = await planAppKey(options)
      return { payload, text: `keep ${target} as ${previousName}, then give ${name} a new key` }
    },
    run: (journal) => rotateAppKey(options, journal),
    rollBack: (journal) => rollBackAppKey(options, journal),
    isUndone: (journal) => journal.isDone('undo') || !journal.isDone('make'),
  }
}

/** @throws {DbopsError} USAGE for a plain file, which keeps a login and no key */
function keyOf(call: Call): { provider: SecretProvider; name: string } {
  const found = namedSecret(call)
  if (found !== null) return found
  throw new DbopsError('USAGE', '--store names no key', { hint: 'such as store:FILE#NAME or vault:URL#PATH' })
}

/** Of a field of a path, another path: the whole of one is written at once. */
function previousNameOf(name: string): string {
  const [path, ...field] = name.split('#')
  return [`${path}-previous`, ...field].join('#')
}

/**
 * What the kept key signed may still be about: giving it up is refused until it is old enough, by the provider's own time where it tells.
 * @throws {DbopsError} REFUSED
 */
async function requireOverlapOver(
  call: Call,
  subject: RotationSubject,
  provider: SecretProvider,
  previousName: string,
): Promise<void> {
  const days = numberOption(call, 'overlapDays', 7)
  const kept = await provider.versions(previousName).catch((error: unknown) => {
    if (error instanceof DbopsError && error.code === 'SECRET_MISSING') return []
    throw error
  })
  const times = [kept.at(-1)?.createdAt, rotationsOf(call, subject, 'done').at(-1)?.startedAt]
  const newest = times
    .filter((time) => typeof time === 'string')
    .sort()
    .at(-1)
  if (newest === undefined || call.now().getTime() - Date.parse(newest) >= days * DAY_MS) return
  throw new DbopsError('REFUSED', `${previousName} keeps a key since ${newest}, which is still to be accepted`, {
    hint: `wait until it is ${days} days old, or give --overlap-days 0 when what it signed may be given up`,
  })
}
