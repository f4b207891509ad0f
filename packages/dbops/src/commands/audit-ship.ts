import { scanLog } from '../audit/scan-log.ts'
import { shipLog } from '../audit/ship-log.ts'
import { openSink, SINKS } from '../audit/sinks/open-sink.ts'
import { type CommandDefinition, listOption } from '../command/command.ts'
import { requiredOption } from '../command/option-reading.ts'
import { type Check, judged } from '../command/outcome.ts'
import { auditToken } from '../command/ship-recorded.ts'
import { readSecretFile } from '../credentials/secret-file.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE, EXIT_PARTIAL, EXIT_UNREACHABLE } from '../exit-codes.ts'
import { readKnownSecrets } from '../guard/known-secrets.ts'

export const auditShip: CommandDefinition = {
  name: 'audit ship',
  summary:
    'Delivers the operations log to a further place, from where it stopped; DBOPS_AUDIT_SINKS does it after every command. 3 when nothing was taken.',
  options: [{ flags: '--to <sink>', description: SINKS }],
  changes: 'files',
  example: 'dbops audit ship --to syslog:tcp://log.example:601',
  async run(call) {
    let printed = ''
    const context = { token: auditToken(call.variables), writeOut: (text: string) => void (printed += text) }
    const sink = openSink(requiredOption(call, 'to', '--to'), context)
    const { delivered, due, state } = await shipLog(call.stateFolder, sink, call.now())
    const failed = due === 0 ? '' : `; ${due} are due: ${state.failure?.reason}`
    return {
      summary: `${delivered} line(s) delivered to ${sink.name}${failed}`,
      exitCode: due === 0 ? EXIT_FINE : delivered > 0 ? EXIT_PARTIAL : EXIT_UNREACHABLE,
      text: printed.trimEnd(),
      data: state,
      audit: { sink: sink.name, delivered, due, failure: state.failure },
    }
  },
}

export const auditScanLogs: CommandDefinition = {
  name: 'audit scan-logs',
  summary: 'Looks through logs for passwords in statements and URLs, keys, and secrets in use; says where, never what.',
  arguments: [{ name: 'files', description: 'log files', isVariadic: true }],
  options: [
    {
      flags: '--leaked <file>',
      description: 'a file with a secret that must not be in the logs; may be given several times',
      isRepeatable: true,
    },
  ],
  changes: 'nothing',
  example: 'dbops audit scan-logs /var/log/postgresql/postgresql-15-main.log',
  async run(call) {
    const secrets = listOption(call, 'leaked').map((path) => readSecretFile({ path, environment: call.environment }))
    const known = readKnownSecrets(call.stateFolder)
    const checks: Check[] = []
    for (const file of call.args) {
      const found = await scanLog(file, { secrets, known }).catch((cause: NodeJS.ErrnoException) => {
        throw new DbopsError('USAGE', `${file} cannot be read (${cause.code})`, { cause })
      })
      const base = { id: 'audit.leaked', title: 'no secret stands in the log', tier: 'critical' } as const
      if (found.length === 0) checks.push({ ...base, verdict: 'pass', evidence: file })
      for (const { line, what } of found)
        checks.push({
          ...base,
          verdict: what === 'a verifier of a password' ? 'warn' : 'fail',
          evidence: `${what}, ${file}:${line}`,
          location: { file, line },
          remediation: 'change it (dbops rotate run), then delete the log and its copies',
        })
    }
    const bad = checks.filter(({ verdict }) => verdict === 'fail').length
    return judged(`${call.args.length} log(s), ${bad} leak(s)`, checks)
  },
}
