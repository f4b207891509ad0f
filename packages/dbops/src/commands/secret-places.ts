import { readFileSync } from 'node:fs'
import { type Call, textOption } from '../command/command.ts'
import { AwsSecretsManager } from '../credentials/aws-secrets-manager.ts'
import { AzureKeyVault } from '../credentials/azure-key-vault.ts'
import { HashicorpVault } from '../credentials/hashicorp-vault.ts'
import { LocalStore } from '../credentials/local-store.ts'
import { readSecretFile } from '../credentials/secret-file.ts'
import type { SecretProvider } from '../credentials/secret-provider.ts'
import { DbopsError } from '../errors.ts'
import { Secret } from '../secret.ts'

/** Where secrets are kept, in an option. */
export const placeOptions = [
  { flags: '--store <place>', description: 'the encrypted file, key-vault:URL, vault:URL or aws:REGION' },
  { flags: '--ca <file>', description: 'CA of the vault' },
] as const

/** The provider of a place such as `key-vault:URL`; what is not in words of ours is the file of a local store. */
export function secretPlaceOf(call: Call, text: string): SecretProvider {
  const place = /^(key-vault|vault|aws|store):(.*)$/.exec(text)
  return place === null ? secretPlace('store', text, call) : secretPlace(place[1], place[2], call)
}

/** @throws {DbopsError} SECRET_MISSING without the token or key that it needs */
export function secretPlace(kind: string, where: string, call: Call): SecretProvider {
  const { variables, environment } = call
  // production has no second way: an identity that does not answer is to be repaired
  const more = {
    ...caOf(call),
    ...(environment === 'production' ? {} : { onCommandLine: (text: string) => call.progress(`warning: ${text}`) }),
  }
  if (kind === 'key-vault') return new AzureKeyVault({ vaultUrl: where, variables, ...more })
  if (kind === 'aws') return new AwsSecretsManager({ region: where || null, variables, ...more })
  if (kind === 'vault') return hashicorpAt(where, call)
  return new LocalStore(where, secretVariable(call, 'DBOPS_MASTER_KEY'))
}

/** @throws {DbopsError} SECRET_MISSING without a token */
export function hashicorpAt(address: string, call: Call): HashicorpVault {
  return new HashicorpVault({ address, token: secretVariable(call, 'VAULT_TOKEN'), ...caOf(call) })
}

/** The value of a variable, or of the file that `NAME_FILE` names. @throws {DbopsError} SECRET_MISSING */
export function secretVariable({ variables, environment }: Call, name: string): Secret {
  const file = variables[`${name}_FILE`]
  if (file) return readSecretFile({ path: file, environment })
  if (variables[name]) return new Secret(variables[name])
  throw new DbopsError('SECRET_MISSING', `${name} is not set`, {
    hint: `name a file in ${name}_FILE; none is ever made up`,
  })
}

function caOf(call: Call): { ca?: string } {
  const path = textOption(call, 'ca')
  return path === null ? {} : { ca: readFileSync(path, 'utf8') }
}
