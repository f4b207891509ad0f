import { readFileSync } from 'node:fs'
import { type Call, textOption } from '../command/command.ts'
import { requiredOption } from '../command/option-reading.ts'
import { AzureKeyVault } from '../credentials/azure-key-vault.ts'
import { HashicorpVault } from '../credentials/hashicorp-vault.ts'
import { LocalStore } from '../credentials/local-store.ts'
import { readSecretFile } from '../credentials/secret-file.ts'
import type { SecretProvider } from '../credentials/secret-provider.ts'
import { DbopsError } from '../errors.ts'
import { ProviderLoginStore } from '../rotation/provider-login-store.ts'
import { FileLoginStore, type LoginStore } from '../rotation/secret-store.ts'
import { Secret } from '../secret.ts'

export const storeOptions = [
  {
    flags: '--store <place>',
    description:
      'where applications read their login from: a JSON file, key-vault:URL#NAME, vault:URL#PATH or store:FILE#NAME',
  },
  { flags: '--ca <file>', description: 'CA of the vault' },
] as const

/** The store that `--store` names. @throws {DbopsError} USAGE, SECRET_MISSING */
export function loginStore(call: Call): LoginStore {
  const text = requiredOption(call, 'store', '--store')
  const place = /^(key-vault|vault|store):(.+?)#(.+)$/.exec(text)
  if (place === null) {
    if (/^(key-vault|vault|store):/.test(text))
      throw new DbopsError('USAGE', `--store "${text}" names no secret after #`)
    return new FileLoginStore(text)
  }
  const [, kind, where, name] = place
  return new ProviderLoginStore(provider(kind, where, call), name)
}

function provider(kind: string, where: string, call: Call): SecretProvider {
  const { variables, environment } = call
  const path = textOption(call, 'ca')
  const ca = path === null ? {} : { ca: readFileSync(path, 'utf8') }
  const secret = (name: string): Secret => {
    const file = variables[`${name}_FILE`]
    if (file) return readSecretFile({ path: file, environment })
    if (variables[name]) return new Secret(variables[name])
    throw new DbopsError('SECRET_MISSING', `${name} is not set`, { hint: `name a file in ${name}_FILE` })
  }
  if (kind === 'key-vault') return new AzureKeyVault({ vaultUrl: where, variables, ...ca })
  if (kind === 'vault') return new HashicorpVault({ address: where, token: secret('VAULT_TOKEN'), ...ca })
  return new LocalStore(where, secret('DBOPS_MASTER_KEY'))
}
