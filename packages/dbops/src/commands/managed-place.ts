import { type Call, textOption } from '../command/command.ts'
import { optionalChoice } from '../command/option-reading.ts'
import type { Outcome } from '../command/outcome.ts'
import { detectManagedService, managedServices } from '../connection/managed-service.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import type { ManagedInstructions, ManagedPlace, SettingKind } from '../settings/managed-settings.ts'

/** Options of commands that set what a service may keep for itself. */
export const managedOptions = [
  {
    flags: '--managed <service>',
    description: `print the commands of ${managedServices.slice(0, -1).join(', ')} or ${managedServices.at(-1)} that set it`,
  },
  {
    flags: '--group <name>',
    description: 'with --managed: the parameter group, instance or server (default: a word to be replaced)',
  },
] as const

/** The service that was named. @throws {DbopsError} USAGE */
export function namedPlace(call: Call): ManagedPlace | null {
  const service = optionalChoice(call, 'managed', managedServices)
  return service === null ? null : { service, group: textOption(call, 'group') }
}

/** The service that was named, else the one that the server belongs to. */
export async function placeOfServer(call: Call, client: ServerClient): Promise<ManagedPlace | null> {
  const named = namedPlace(call)
  if (named !== null) return named
  const service = await detectManagedService(client)
  return service === null ? null : { service, group: textOption(call, 'group') }
}

/** What the server says of its settings; of one that it does not have, nothing is known. */
export async function settingKinds(client: ServerClient): Promise<(name: string) => SettingKind> {
  const { rows } = await client.query<SettingKind & { name: string }>(
    `select name, unit, context = 'postmaster' as "needsRestart" from pg_settings`,
  )
  const kinds = new Map(rows.map(({ name, unit, needsRestart }) => [name, { unit, needsRestart }]))
  return (name) => kinds.get(name) ?? { unit: null, needsRestart: false }
}

/** The commands, to be run by somebody who may. */
export function instructed({ service }: ManagedPlace, { commands, notes }: ManagedInstructions): Outcome {
  return {
    summary: `# ${service} sets it by ${commands.length === 1 ? 'this command' : 'these commands'}, not by ALTER SYSTEM`,
    exitCode: EXIT_FINE,
    text: [...commands, ...notes.map((note) => `# note: ${note}`)].join('\n'),
    data: { service, commands, notes },
  }
}
