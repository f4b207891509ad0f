import { type CommandDefinition, listOption } from '../command/command.ts'
import { choiceOption, numberOption, requiredOption } from '../command/option-reading.ts'
import { passwordProblems, productionPolicy, standardPolicy } from '../credentials/password-policy.ts'
import { readSecretDescriptor } from '../credentials/secret-file.ts'
import { keepUse, otherUses } from '../credentials/secret-uses.ts'
import { EXIT_FINDINGS, EXIT_FINE } from '../exit-codes.ts'
import { addKnownSecret } from '../guard/known-secrets.ts'
import { placeOptions, secretPlaceOf } from './secret-places.ts'

export const credSet: CommandDefinition = {
  name: 'cred set',
  summary:
    'Puts a password from standard input or a descriptor where it is kept, as the newest version, when the policy accepts it and nothing else has it; the guard knows it from then on.',
  arguments: [{ name: 'name', description: 'of the secret' }],
  options: [
    ...placeOptions,
    { flags: '--from-fd <number>', description: 'descriptor to read from (default: 0, standard input)' },
    { flags: '--policy <name>', description: 'standard or production (default: production)' },
    {
      flags: '--not <name>',
      description: 'role, database or host, which must not be in it; may be given several times',
      isRepeatable: true,
    },
  ],
  changes: 'server',
  example: 'dbops cred set db-password --store secrets.store --apply < app.password',
  async run(call) {
    const [name] = call.args
    const place = requiredOption(call, 'store', '--store')
    const provider = secretPlaceOf(call, place)
    const value = readSecretDescriptor(numberOption(call, 'fromFd', 0, 0, 1023), (text) =>
      call.progress(`warning: ${text}`),
    )
    const policy =
      choiceOption(call, 'policy', ['standard', 'production'], 'production') === 'production'
        ? productionPolicy
        : standardPolicy
    const use = `${name} in ${provider.name}`
    const problems = [
      ...passwordProblems(value, policy, listOption(call, 'not')),
      ...otherUses(call.stateFolder, value, use).map((other) => `is the value of ${other}`),
    ]
    if (problems.length > 0)
      return {
        summary: `not written: ${problems.length} reason(s) against it`,
        exitCode: EXIT_FINDINGS,
        text: problems.join('\n'),
        data: { problems },
        audit: { secret: name, place: provider.name },
      }
    if (!call.isApplied)
      return { summary: `would write ${use}; --apply does it`, exitCode: EXIT_FINE, text: '', data: { problems } }
    const version = await provider.write(name, value)
    keepUse(call.stateFolder, value, use)
    addKnownSecret(call.stateFolder, value)
    return {
      summary: `${use} is version ${version}`,
      exitCode: EXIT_FINE,
      text: '',
      data: { version },
      audit: { secret: name, place: provider.name, version, fingerprint: value.fingerprint() },
    }
  },
}
