import { type CommandDefinition, textOption } from '../command/command.ts'
import { requiredOption } from '../command/option-reading.ts'
import { collectBundle } from '../diagnose/bundle.ts'
import { EXIT_FINE, EXIT_PARTIAL } from '../exit-codes.ts'
import { writeNewFile } from '../state/new-file.ts'

export const diagnoseBundle: CommandDefinition = {
  name: 'diagnose bundle',
  summary:
    'Writes what somebody else needs to find a fault into one file: settings, rules, roles, sessions, verdicts, the last operations; no secret, row or statement. 8 when a part is missing.',
  options: [
    { flags: '--to-file <file>', description: 'new file, JSON; read it before you send it' },
    { flags: '--log <file>', description: 'log of the server: its last lines, without literals' },
  ],
  changes: 'files',
  example: 'dbops diagnose bundle --to-file bundle.json --url postgresql://monitor@db.example/app',
  async run(call) {
    const path = requiredOption(call, 'toFile', '--to-file')
    const bundle = await collectBundle({
      server: call.target(),
      stateFolder: call.stateFolder,
      log: textOption(call, 'log'),
      now: call.now(),
    })
    writeNewFile(path, `${JSON.stringify(bundle, null, 2)}\n`)
    const missing = Object.entries(bundle).filter(([, section]) => 'missing' in section)
    return {
      summary: `${Object.keys(bundle).length} sections in ${path}, ${missing.length} of them missing; read it before you send it`,
      exitCode: missing.length === 0 ? EXIT_FINE : EXIT_PARTIAL,
      text: missing.map(([name, section]) => `${name}: ${'missing' in section ? section.missing : ''}`).join('\n'),
      data: { path, sections: Object.keys(bundle), missing: missing.map(([name]) => name) },
    }
  },
}
