import type { Call } from '../command/command.ts'
import { requiredOption } from '../command/option-reading.ts'
import type { SecretProvider } from '../credentials/secret-provider.ts'
import { DbopsError } from '../errors.ts'
import { ProviderLoginStore } from '../rotation/provider-login-store.ts'
import { FileLoginStore, type LoginStore } from '../rotation/secret-store.ts'
import { secretPlace } from './secret-places.ts'

export const storeOptions = [
  {
    flags: '--store <place>',
    description:
      'where applications read their login from: a JSON file, key-vault:URL#NAME, vault:URL#PATH, aws:REGION#NAME or store:FILE#NAME',
  },
  { flags: '--ca <file>', description: 'CA of the vault' },
] as const

/** The store that `--store` names. @throws {DbopsError} USAGE, SECRET_MISSING */
export function loginStore(call: Call): LoginStore {
  const secret = namedSecret(call)
  if (secret === null) return new FileLoginStore(requiredOption(call, 'store', '--store'))
  return new ProviderLoginStore(secret.provider, secret.name)
}

/** The secret of a provider that `--store` names, or null where it names a plain file. @throws {DbopsError} USAGE, SECRET_MISSING */
export function namedSecret(call: Call): { provider: SecretProvider; name: string } | null {
  const text = requiredOption(call, 'store', '--store')
  const place = /^(key-vault|vault|aws|store):(.*?)#(.+)$/.exec(text)
  if (place !== null) return { provider: secretPlace(place[1], place[2], call), name: place[3] }
  if (/^(key-vault|vault|aws|store):/.test(text))
    throw new DbopsError('USAGE', `--store "${text}" names no secret after #`)
  return null
}
