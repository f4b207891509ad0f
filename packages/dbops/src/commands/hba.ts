import { readFileSync } from 'node:fs'
import { type Call, type CommandDefinition, listOption, textOption } from '../command/command.ts'
import { requiredOption } from '../command/option-reading.ts'
import { judged } from '../command/outcome.ts'
import { withServer } from '../connection/connect.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINDINGS, EXIT_FINE } from '../exit-codes.ts'
import { applyHba } from '../hba/hba-apply.ts'
import { readHbaFiles } from '../hba/hba-files.ts'
import { generateHba, readHbaClient } from '../hba/hba-generate.ts'
import { lintHba } from '../hba/hba-lint.ts'
import { firstMatch } from '../hba/hba-match.ts'
import { formatRule, parseHba, placeOf } from '../hba/hba-rule.ts'
import { ruleUsage } from '../hba/hba-usage.ts'
import { readServerRules } from '../hba/server-rules.ts'
import { keepOrUndo } from './keep-or-undo.ts'

const clientOption = {
  flags: '--client <database:role:network>',
  description: 'who may come in; may be given several times',
  isRepeatable: true,
} as const

export const hbaGenerate: CommandDefinition = {
  name: 'hba generate',
  summary: 'Writes rules that let in who is named, over TLS with SCRAM, and nobody else.',
  options: [
    clientOption,
    { flags: '--administrator <role>', description: 'who comes over the socket (default: postgres)' },
  ],
  changes: 'nothing',
  example: 'dbops hba generate --client app:app_a:10.0.0.0/24',
  run(call) {
    const administrator = textOption(call, 'administrator')
    const text = generateHba(
      listOption(call, 'client').map(readHbaClient),
      administrator === null ? {} : { administrator },
    )
    return { summary: '# made by dbops hba generate', exitCode: EXIT_FINE, text, data: { text } }
  },
}

export const hbaLint: CommandDefinition = {
  name: 'hba lint',
  summary: 'Judges the rules of a file, and of those that it includes.',
  arguments: [{ name: 'file', description: 'a pg_hba.conf' }],
  options: [],
  changes: 'nothing',
  example: 'dbops hba lint /etc/postgresql/15/main/pg_hba.conf',
  run(call) {
    const [file] = call.args
    const checks = lintHba(readHbaFiles(file), file)
    return judged(checks.length === 0 ? 'the rules hold' : `${checks.length} finding(s)`, checks)
  },
}

export const hbaAudit: CommandDefinition = {
  name: 'hba audit',
  summary: 'Judges the rules that a server has in its file, and says whether they are loaded.',
  options: [],
  changes: 'nothing',
  isPerTarget: true,
  example: 'dbops hba audit --url postgresql://postgres@localhost/postgres',
  async run(call) {
    const checks = await withServer(call.target(), async (client) => {
      const { file, path } = await readServerRules(client)
      return lintHba(file, path)
    })
    return judged(checks.length === 0 ? 'the rules hold' : `${checks.length} finding(s)`, checks)
  },
}

export const hbaExplain: CommandDefinition = {
  name: 'hba explain',
  summary: 'Says which rule of a file, or of those that it includes, applies to an attempt.',
  arguments: [{ name: 'file', description: 'a pg_hba.conf' }],
  options: [
    { flags: '--user <role>', description: 'who' },
    { flags: '--database <name>', description: 'where to' },
    { flags: '--address <address>', description: 'where from (default: the socket)' },
    { flags: '--tls', description: 'over TLS' },
    { flags: '--group <role>', description: 'a role the user is in; may be given several times', isRepeatable: true },
  ],
  changes: 'nothing',
  example: 'dbops hba explain pg_hba.conf --user app_a --database app --address 10.0.0.7 --tls',
  run(call) {
    const attempt = {
      user: requiredOption(call, 'user', '--user'),
      database: requiredOption(call, 'database', '--database'),
      address: textOption(call, 'address'),
      isTls: call.options.tls === true,
      groups: listOption(call, 'group'),
      isReplication: false,
    }
    const rule = firstMatch(readHbaFiles(call.args[0]).rules, attempt)
    const isRefused = rule === null || rule.method === 'reject'
    return {
      summary: rule === null ? 'no rule speaks of it: refused' : `${placeOf(rule, call.args[0])}: ${formatRule(rule)}`,
      exitCode: isRefused ? EXIT_FINDINGS : EXIT_FINE,
      text: '',
      data: rule,
    }
  },
}

export const hbaUnused: CommandDefinition = {
  name: 'hba unused',
  summary:
    'Says for each rule whether a session of now or a log came by it; what cannot be known is said, not guessed.',
  arguments: [
    {
      name: 'logs',
      description: 'logs of the server, written with log_connections on',
      isOptional: true,
      isVariadic: true,
    },
  ],
  options: [],
  changes: 'nothing',
  example: 'dbops hba unused /var/log/postgresql/postgresql-15-main.log --url postgresql://postgres@localhost/postgres',
  async run(call) {
    const log = call.args.length === 0 ? null : call.args.map(readText).join('\n')
    const checks = await withServer(call.target(), (client) => ruleUsage(client, log))
    const count = (verdict: string): number => checks.filter((check) => check.verdict === verdict).length
    return judged(
      `${checks.length} rules: ${count('pass')} used, ${count('warn')} unused as far as is known, ${count('skipped')} not known`,
      checks,
    )
  },
}

export const hbaApply: CommandDefinition = {
  name: 'hba apply',
  summary: 'Replaces pg_hba.conf, proves it by logging in anew, or brings the old rules back.',
  arguments: [{ name: 'file', description: 'the new rules' }],
  options: [],
  changes: 'server',
  example: 'dbops hba apply pg_hba.conf --url postgresql://postgres@%2Frun%2Fpostgresql/postgres --apply',
  async run(call) {
    const text = readText(call.args[0])
    const [error] = parseHba(text).errors
    if (error !== undefined) throw new DbopsError('REFUSED', `line ${error.line}: ${error.message}`)
    const server = call.target()
    const findings = lintHba(parseHba(text), call.args[0])
    if (!call.isApplied)
      return { summary: `${findings.length} finding(s); --apply installs it`, exitCode: EXIT_FINE, checks: findings }
    requireHardened(call, findings.length)
    const { before } = await applyHba({ server, text })
    const id = await keepOrUndo(call, 'hba', before)
    return {
      summary: `the new rules are loaded, and this login still gets in; dbops rollback to ${id} brings the old ones back`,
      exitCode: EXIT_FINE,
      text: '',
      data: { id },
    }
  },
}

function requireHardened(call: Call, findings: number): void {
  if (findings > 0) call.progress(`the new rules have ${findings} finding(s): dbops hba lint ${call.args[0]}`)
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new DbopsError('USAGE', `${path} cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause })
  }
}
