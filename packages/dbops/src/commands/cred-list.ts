import { type Call, type CommandDefinition, textOption } from '../command/command.ts'
import { requiredOption } from '../command/option-reading.ts'
import { type CredentialField, credentialFields, listSources } from '../credentials/find-credentials.ts'
import { EXIT_FINDINGS, EXIT_FINE } from '../exit-codes.ts'
import { nameOf, sourceOptions, withDotenv } from './credential-sources.ts'
import { hashicorpAt, secretPlace } from './secret-places.ts'

/** Where a field comes from; null where that cannot be told without reading the value. */
type Sources = Readonly<Record<CredentialField, readonly string[] | null>>

export const credList: CommandDefinition = {
  name: 'cred list',
  summary:
    'Says for each field of the login where it would come from; reads no value, and needs no right to. 1 when one has no source.',
  options: sourceOptions.filter(({ flags }) => !flags.startsWith('--prefer')),
  changes: 'nothing',
  example: 'dbops cred list',
  async run(call) {
    const sources = await sourcesOf(call)
    const missing = credentialFields.filter((field) => field !== 'port' && sources[field]?.length === 0)
    return {
      summary: missing.length === 0 ? 'every field has a source' : `no source has ${missing.join(', ')}`,
      exitCode: missing.length === 0 ? EXIT_FINE : EXIT_FINDINGS,
      text: credentialFields.map((field) => `${field.padEnd(9)} ${shown(field, sources[field])}`).join('\n'),
      data: sources,
    }
  },
}

function shown(field: CredentialField, sources: readonly string[] | null): string {
  if (sources === null) return 'not to be told without reading the value'
  if (sources.length > 0) return sources.join(', ')
  return field === 'port' ? 'default' : '-'
}

async function sourcesOf(call: Call): Promise<Sources> {
  const keyVault = textOption(call, 'keyVault')
  if (keyVault !== null) {
    const provider = secretPlace('key-vault', keyVault, call)
    const usable = (await provider.names()).filter(({ state }) => state === 'usable').map(({ name }) => name)
    return everyField((field) =>
      usable.includes(nameOf(call, 'keyVault', field)) ? [`${provider.name} ${nameOf(call, 'keyVault', field)}`] : [],
    )
  }
  const vault = textOption(call, 'vault')
  const role = textOption(call, 'vaultRole')
  const fromVariables = listSources({ variables: withDotenv(call), names: call.credentialNames })
  if (vault !== null && role !== null) {
    const made = [`made by the database engine for ${role}`]
    return { ...fromVariables, user: made, password: made }
  }
  if (vault !== null) {
    const path = requiredOption(call, 'vaultPath', '--vault-path')
    const provider = hashicorpAt(vault, call)
    const fields = await provider.fields(path)
    return everyField((field) => {
      const name = nameOf(call, 'vault', field)
      return fields.includes(name) ? [`${provider.name} ${path}#${name}`] : []
    })
  }
  const awsSecret = textOption(call, 'awsSecret')
  if (awsSecret !== null) {
    await secretPlace('aws', '', call).versions(awsSecret) // it is there, or this says why not
    return everyField(() => null)
  }
  return textOption(call, 'exec') === null ? fromVariables : everyField(() => null)
}

function everyField(of: (field: CredentialField) => readonly string[] | null): Sources {
  return Object.fromEntries(credentialFields.map((field) => [field, of(field)])) as Record<
    CredentialField,
    readonly string[] | null
  >
}
