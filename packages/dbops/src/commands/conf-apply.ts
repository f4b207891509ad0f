import { type Call, type CommandDefinition, listOption, textOption } from '../command/command.ts'
import { numberOption } from '../command/option-reading.ts'
import { withServer } from '../connection/connect.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { type AppliedSettings, applySettings } from '../settings/apply-settings.ts'
import { managedInstructions } from '../settings/managed-settings.ts'
import { memoryFit } from '../settings/memory-fit.ts'
import { checkParsed } from '../settings/parse-check.ts'
import { restartServer, type SavedSystemSettings, saveSystemSettings } from '../settings/restart-server.ts'
import { applySettingsFile } from '../settings/settings-file.ts'
import { keepOrUndo } from './keep-or-undo.ts'
import { instructed, managedOptions, placeOfServer, settingKinds } from './managed-place.ts'

export const confApply: CommandDefinition = {
  name: 'conf apply',
  summary:
    'Sets what differs after postgres -C has read it where the server is local and the memory was added up, by ALTER SYSTEM or in a file of include_dir, reads it back, and tells what needs a restart; at a managed service prints the commands of its own tool.',
  options: [
    { flags: '--set <name=value>', description: 'a setting; may be given several times', isRepeatable: true },
    {
      flags: '--restart <command>',
      description: 'shell command that restarts the server, run when a setting needs it; what fails is taken back',
    },
    { flags: '--wait <seconds>', description: 'with --restart: how long the server may take (default: 120)' },
    {
      flags: '--file <name>',
      description:
        'write a file of this name, such as 90-dbops.conf, into the folder of include_dir, instead of ALTER SYSTEM',
    },
    {
      flags: '--memory-mb <mb>',
      description: 'memory of the machine (default: of this one, where the server is local)',
    },
    { flags: '--allow-memory', description: 'set it although the memory does not suffice for all at once' },
    ...managedOptions,
  ],
  changes: 'server',
  example: 'dbops conf apply --set log_connections=on --url postgresql://postgres@localhost/postgres --apply',
  async run(call) {
    const pairs = listOption(call, 'set').map((text) => {
      const at = text.indexOf('=')
      if (at < 1) throw new DbopsError('USAGE', `--set "${text}" is not name=value`)
      return [text.slice(0, at), text.slice(at + 1)] as const
    })
    if (pairs.length === 0) throw new DbopsError('USAGE', '--set is missing')
    const server = call.target()
    const managed = await withServer(server, async (client) => {
      const place = await placeOfServer(call, client)
      return place === null
        ? null
        : { place, instructions: managedInstructions(place, pairs, await settingKinds(client)) }
    })
    if (managed !== null && call.isApplied)
      throw new DbopsError('REFUSED', `the settings of this server belong to ${managed.place.service}`, {
        hint: 'without --apply the commands of the service are printed',
      })
    if (managed !== null) return instructed(managed.place, managed.instructions)
    const memoryMb = textOption(call, 'memoryMb') === null ? null : numberOption(call, 'memoryMb', 0, 1, 1e8)
    const { unchecked, fit } = await withServer(server, async (client) => ({
      unchecked: await checkParsed(client, pairs),
      fit: await memoryFit(client, pairs, memoryMb),
    }))
    const name = textOption(call, 'file')
    const checked = unchecked === null ? 'checked by postgres -C' : `not checked by postgres -C: ${unchecked}`
    const notes = [checked, ...(fit === null ? [] : [`memory: ${fit.arithmetic}`])]
    if (fit?.isTooMuch === true && call.options.allowMemory !== true)
      throw new DbopsError('REFUSED', `the memory does not suffice: ${fit.arithmetic}`, {
        hint: 'fewer sessions or less for each; --allow-memory sets it all the same',
      })
    if (!call.isApplied) {
      const lines = pairs.map(([key, value]) => `${name === null ? 'alter system set ' : ''}${key} = '${value}'`)
      return {
        summary: 'plan only; --apply does it',
        exitCode: EXIT_FINE,
        text: [...(name === null ? [] : [`-- in ${name}`]), ...lines, ...notes.map((note) => `-- ${note}`)].join('\n'),
        data: { isChecked: unchecked === null, unchecked, memory: fit },
      }
    }
    for (const note of notes) call.progress(note)
    const wanted = Object.fromEntries(pairs)
    const command = textOption(call, 'restart')
    const { changed, needsRestart, saved, keep } = await applied(call, name, wanted, command !== null)
    const id = changed.length === 0 ? null : await keep()
    const isRestarted = command !== null && saved !== null && needsRestart.length > 0
    if (isRestarted)
      await restartServer(
        { server, command, waitMs: numberOption(call, 'wait', 120) * 1000, names: needsRestart },
        saved,
      )
    return {
      summary:
        needsRestart.length === 0 || isRestarted
          ? `${changed.length} setting(s) changed${isRestarted ? ', and the server restarted' : ''}`
          : `${needsRestart.join(', ')} wait(s) for a restart`,
      exitCode: EXIT_FINE,
      text: changed
        .map((key) => `${key}${needsRestart.includes(key) && !isRestarted ? '  pending restart' : ''}`)
        .join('\n'),
      data: { changed, needsRestart: isRestarted ? [] : needsRestart, id, memory: fit },
    }
  },
}

interface Applied extends Pick<AppliedSettings, 'changed' | 'needsRestart'> {
  /** What a restart that fails brings back. */
  readonly saved: SavedSystemSettings | null
  /** Keeps what stood before, and returns the id of it. */
  keep(): Promise<string>
}

/** Into the file, or by ALTER SYSTEM where none is named. */
async function applied(
  call: Call,
  name: string | null,
  wanted: Readonly<Record<string, string>>,
  isRestarting: boolean,
): Promise<Applied> {
  const server = call.target()
  if (name !== null) {
    const { before, ...done } = await applySettingsFile(server, { name, wanted })
    return { ...done, keep: () => keepOrUndo(call, 'conf-file', { name, wanted: before }) }
  }
  const saved = isRestarting ? await saveSystemSettings(server) : null
  const { before, ...done } = await applySettings(server, wanted)
  return { ...done, saved, keep: () => keepOrUndo(call, 'conf', before) }
}
