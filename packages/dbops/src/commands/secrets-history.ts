import { type CommandDefinition, textOption } from '../command/command.ts'
import { requiredOption } from '../command/option-reading.ts'
import { connectServer, withServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { quoteName, quoteText } from '../quote.ts'
import { openLogin } from '../rotation/open-and-shut.ts'
import type { Secret } from '../secret.ts'
import { placeOptions, secretPlaceOf } from './secret-places.ts'
import { storeOf, storeOption } from './secrets.ts'

export const secretsVersions: CommandDefinition = {
  name: 'secrets versions',
  summary: 'Versions and times of one secret, in the store or at a provider; no values.',
  arguments: [{ name: 'name', description: 'of the secret' }],
  options: placeOptions,
  changes: 'nothing',
  example: 'dbops secrets versions db-password --store secrets.store',
  async run(call) {
    const all = await secretPlaceOf(call, requiredOption(call, 'store', '--store')).versions(call.args[0])
    return {
      summary: `${all.length} version(s)`,
      exitCode: EXIT_FINE,
      text: all
        .map(
          ({ version, createdAt, state }) =>
            `version ${version}  ${createdAt ?? 'at an unknown time'}${state === 'usable' ? '' : `  ${state}`}`,
        )
        .join('\n'),
      data: all,
    }
  },
}

export const secretsRollback: CommandDefinition = {
  name: 'secrets rollback',
  summary: 'Makes an old version the newest one and, with --role, the password of that role, proven by a login.',
  arguments: [{ name: 'name', description: 'of the secret' }],
  options: [
    ...placeOptions,
    { flags: '--secret-version <version>', description: 'the version that is to come back' },
    { flags: '--role <role>', description: 'role of the server at --url that has this password' },
  ],
  changes: 'server',
  example: 'dbops secrets rollback db-password --secret-version 1 --store secrets.store --apply',
  async run(call) {
    const [name] = call.args
    const store = secretPlaceOf(call, requiredOption(call, 'store', '--store'))
    const old = requiredOption(call, 'secretVersion', '--secret-version')
    const { value } = await store.read(name, old)
    const role = textOption(call, 'role')
    const deed = `version ${old} of ${name} becomes the newest${role === null ? '' : `, and the password of ${role}`}`
    if (!call.isApplied) return { summary: `${deed}; --apply does it`, exitCode: EXIT_FINE, text: '' }
    const write = async (): Promise<string> => await store.write(name, value)
    const version = role === null ? await write() : await withRole(call.target(), role, value, write)
    return {
      summary: `${deed}, as version ${version}`,
      exitCode: EXIT_FINE,
      text: '',
      audit: { secret: name, version, role },
    }
  },
}

/** The role first, proven by a login, then the store: what fails on the way takes the role back to what it had. */
async function withRole(
  admin: ConnectionParameters,
  role: string,
  password: Secret,
  write: () => Promise<string>,
): Promise<string> {
  return await withServer(admin, async (client) => {
    const { rows } = await client.query<{ verifier: string | null }>(
      'select rolpassword as verifier from pg_authid where rolname = $1',
      [role],
    )
    await openLogin(client, role, password)
    try {
      await (await connectServer(admin, { user: role, password })).end()
      return await write()
    } catch (error) {
      const verifier = rows[0]?.verifier ?? null
      await client.query(`alter role ${quoteName(role)} password ${verifier === null ? 'null' : quoteText(verifier)}`)
      throw error
    }
  })
}

export const secretsBackup: CommandDefinition = {
  name: 'secrets backup',
  summary: 'Copies the sealed store into a new file, after it was opened; the same master key opens the copy.',
  options: [storeOption, { flags: '--to-file <file>', description: 'new file' }],
  changes: 'files',
  example: 'dbops secrets backup --to-file copy.store --store secrets.store',
  async run(call) {
    const to = requiredOption(call, 'toFile', '--to-file')
    const count = await storeOf(call).backUp(to)
    return { summary: `${count} secret(s) in ${to}`, exitCode: EXIT_FINE, text: '' }
  },
}

export const secretsRestore: CommandDefinition = {
  name: 'secrets restore',
  summary: 'Puts a copy in the place of the store, after it was opened; the file as it was stays beside it.',
  options: [storeOption, { flags: '--from-file <file>', description: 'a copy made by secrets backup' }],
  changes: 'files',
  example: 'dbops secrets restore --from-file copy.store --store secrets.store',
  async run(call) {
    const kept = await storeOf(call).restore(requiredOption(call, 'fromFile', '--from-file'))
    return {
      summary: `the store is the copy${kept === null ? '' : `; the file as it was is ${kept}`}`,
      exitCode: EXIT_FINE,
      text: '',
    }
  },
}
