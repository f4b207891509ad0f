import { type Call, type CommandDefinition, textOption } from '../command/command.ts'
import { requiredOption } from '../command/option-reading.ts'
import { LocalStore } from '../credentials/local-store.ts'
import { readSecretFile } from '../credentials/secret-file.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { writeNewFile } from '../state/new-file.ts'
import { placeOptions, secretPlaceOf, secretVariable } from './secret-places.ts'

export function storeOf(call: Call): LocalStore {
  return new LocalStore(requiredOption(call, 'store', '--store'), secretVariable(call, 'DBOPS_MASTER_KEY'))
}

export const storeOption = { flags: '--store <file>', description: 'the encrypted file' } as const

export const secretsInit: CommandDefinition = {
  name: 'secrets init',
  summary: 'Makes an encrypted store under the master key of DBOPS_MASTER_KEY_FILE.',
  options: [storeOption],
  changes: 'files',
  example: 'dbops secrets init --store secrets.store',
  run(call) {
    storeOf(call).create()
    return { summary: `made ${textOption(call, 'store')}`, exitCode: EXIT_FINE, text: '' }
  },
}

export const secretsPut: CommandDefinition = {
  name: 'secrets put',
  summary: 'Puts the content of a file into the store, as a new version.',
  arguments: [{ name: 'name', description: 'of the secret' }],
  options: [storeOption, { flags: '--from-file <file>', description: 'file with the value' }],
  changes: 'files',
  example: 'dbops secrets put db-password --from-file app.password --store secrets.store',
  async run(call) {
    const value = readSecretFile({
      path: requiredOption(call, 'fromFile', '--from-file'),
      environment: call.environment,
    })
    const version = await storeOf(call).write(call.args[0], value)
    return {
      summary: `${call.args[0]} version ${version}`,
      exitCode: EXIT_FINE,
      text: '',
      audit: { secret: call.args[0], version },
    }
  },
}

export const secretsGet: CommandDefinition = {
  name: 'secrets get',
  summary: 'Writes a secret of the store into a new file.',
  arguments: [{ name: 'name', description: 'of the secret' }],
  options: [
    storeOption,
    { flags: '--to-file <file>', description: 'new file that only you may read' },
    { flags: '--secret-version <number>', description: 'an older version' },
  ],
  changes: 'files',
  example: 'dbops secrets get db-password --to-file out --store secrets.store',
  async run(call) {
    const path = requiredOption(call, 'toFile', '--to-file')
    const { value, version } = await storeOf(call).read(call.args[0], textOption(call, 'secretVersion') ?? undefined)
    writeNewFile(path, `${value.reveal()}\n`)
    return {
      summary: `${call.args[0]} version ${version} in ${path}`,
      exitCode: EXIT_FINE,
      text: '',
      audit: { secret: call.args[0], version },
    }
  },
}

export const secretsList: CommandDefinition = {
  name: 'secrets list',
  summary: 'Names and times of the store or a provider; no values, and no right to read them is needed.',
  options: placeOptions,
  changes: 'nothing',
  example: 'dbops secrets list --store secrets.store',
  async run(call) {
    const provider = secretPlaceOf(call, requiredOption(call, 'store', '--store'))
    const all = await provider.names()
    return {
      summary: `${all.length} secret(s) in ${provider.name}`,
      exitCode: EXIT_FINE,
      text: all
        .map(({ name, version, updatedAt, state }) =>
          [
            name,
            ...(version === null ? [] : [`version ${version}`]),
            updatedAt ?? 'at an unknown time',
            ...(state === 'usable' ? [] : [state]),
          ].join('  '),
        )
        .join('\n'),
      data: all,
    }
  },
}

export const secretsDelete: CommandDefinition = {
  name: 'secrets delete',
  summary: 'Marks a secret as deleted; its versions stay.',
  arguments: [{ name: 'name', description: 'of the secret' }],
  options: [storeOption],
  changes: 'files',
  example: 'dbops secrets delete db-password --store secrets.store',
  async run(call) {
    const version = await storeOf(call).delete(call.args[0])
    return { summary: `${call.args[0]} is deleted as of version ${version}`, exitCode: EXIT_FINE, text: '' }
  },
}

export const secretsRotateMaster: CommandDefinition = {
  name: 'secrets rotate-master',
  summary: 'Encrypts the store under another master key; the file as it was stays beside it.',
  options: [storeOption, { flags: '--new-key-file <file>', description: 'file with the next master key' }],
  changes: 'files',
  example: 'dbops secrets rotate-master --new-key-file next.key --store secrets.store',
  async run(call) {
    const next = readSecretFile({
      path: requiredOption(call, 'newKeyFile', '--new-key-file'),
      environment: call.environment,
    })
    const backup = await storeOf(call).rotateMasterKey(next)
    return { summary: `the store is under the new key; the old file is ${backup}`, exitCode: EXIT_FINE, text: '' }
  },
}
