import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { logKey, OperationsLog, readHead } from '../audit/operations-log.ts'
import { readOperations } from '../audit/read-log.ts'
import { isOutlived, type RetentionClass, retentionClasses } from '../audit/retention-classes.ts'
import { ingestServerLog } from '../audit/server-log.ts'
import { verifyOperationsLog } from '../audit/verify-log.ts'
import { type Call, type CommandDefinition, listOption, textOption } from '../command/command.ts'
import { numberOption } from '../command/option-reading.ts'
import { judged } from '../command/outcome.ts'
import { readSecretFile } from '../credentials/secret-file.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE, EXIT_INTEGRITY } from '../exit-codes.ts'

export const auditVerify: CommandDefinition = {
  name: 'audit verify',
  summary: 'Checks the operations log: edits, insertions, deletions, swaps and cut tails are seen.',
  options: [
    { flags: '--anchor <seq:hash>', description: 'an end of the log that was noted elsewhere and must still be in it' },
  ],
  changes: 'nothing',
  example: 'dbops audit verify',
  run(call) {
    const folder = join(call.stateFolder, 'audit')
    const { isIntact, lines, problems } = verifyOperationsLog(folder)
    const anchor = textOption(call, 'anchor')
    const all =
      isIntact && anchor !== null && !holdsAnchor(folder, anchor)
        ? [`the anchor ${anchor} is not in the log: it was replaced by an older one`]
        : problems
    return {
      summary:
        all.length === 0
          ? `${lines} line(s), none of them changed`
          : `the operations log was tampered with: ${all.length} problem(s)`,
      exitCode: all.length === 0 ? EXIT_FINE : EXIT_INTEGRITY,
      text: all.join('\n'),
      data: { lines, problems: all },
    }
  },
}

function holdsAnchor(folder: string, anchor: string): boolean {
  const [seq, hash] = anchor.split(':')
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.jsonl')) : []
  return names.some((name) =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .some((line) => line.startsWith(`{"seq":${seq},`) && line.includes(`"hash":"${hash}"`)),
  )
}

export const auditAnchor: CommandDefinition = {
  name: 'audit anchor',
  summary: 'Prints the end of the log, to be noted on another machine.',
  options: [],
  changes: 'nothing',
  example: 'dbops audit anchor',
  run(call) {
    const folder = join(call.stateFolder, 'audit')
    if (!existsSync(join(folder, 'head.json'))) throw new DbopsError('USAGE', 'nothing was recorded yet')
    const { seq, hash } = readHead(folder, logKey(folder))
    return { summary: `${seq}:${hash}`, exitCode: EXIT_FINE, text: '', data: { seq, hash } }
  },
}

export const auditList: CommandDefinition = {
  name: 'audit list',
  summary: 'Prints the newest lines of the operations log.',
  options: [{ flags: '--most <count>', description: 'how many (default: 20)' }],
  changes: 'nothing',
  example: 'dbops audit list --most 50',
  run(call) {
    const records = readOperations(join(call.stateFolder, 'audit'), numberOption(call, 'most', 20))
    return {
      summary: `${records.length} line(s)`,
      exitCode: EXIT_FINE,
      text: records
        .map(
          ({ seq, time, actor, command, target, outcome }) =>
            `${seq}  ${time}  ${actor}  ${command}  ${target ?? ''}  ${outcome}`,
        )
        .join('\n'),
      data: records,
    }
  },
}

export const auditRetain: CommandDefinition = {
  name: 'audit retain',
  summary: 'Deletes closed segments of the log that are older; their seams stay, so that the chain holds.',
  options: [
    { flags: '--days <days>', description: 'keep everything so long (default: 730)' },
    {
      flags: '--by-class',
      description: `instead keep each line as long as its kind needs: ${Object.entries(retentionClasses)
        .map(([name, days]) => `${name} ${days}`)
        .join(', ')} days`,
    },
    {
      flags: '--class <name=days>',
      description: 'another number of days for a kind; may be given several times',
      isRepeatable: true,
    },
  ],
  changes: 'server',
  example: 'dbops audit retain --by-class --apply',
  async run(call) {
    const isByClass = call.options.byClass === true
    const days = classDays(call)
    const before = new Date(call.now().getTime() - numberOption(call, 'days', 730, 1) * 86_400_000)
    const what = isByClass ? 'whose lines may all go' : `closed before ${before.toISOString()}`
    if (!call.isApplied)
      return { summary: `would delete segments ${what}; --apply does it`, exitCode: EXIT_FINE, text: '', data: days }
    const log = new OperationsLog({ folder: join(call.stateFolder, 'audit'), now: call.now })
    const names = await log.retire(isByClass ? (records) => isOutlived(records, days, call.now()) : before)
    return { summary: `${names.length} segment(s) deleted`, exitCode: EXIT_FINE, text: names.join('\n') }
  },
}

/** @throws {DbopsError} USAGE for a kind or number that is none */
function classDays(call: Call): Record<RetentionClass, number> {
  const days: Record<RetentionClass, number> = { ...retentionClasses }
  for (const text of listOption(call, 'class')) {
    const [, name, number] = /^([a-z-]+)=(\d+)$/.exec(text) ?? []
    if (name === undefined || !(name in days))
      throw new DbopsError('USAGE', `--class "${text}" is not name=days`, {
        hint: `names are ${Object.keys(days).join(', ')}`,
      })
    days[name as RetentionClass] = Number(number)
  }
  return days
}

export const auditIngest: CommandDefinition = {
  name: 'audit ingest',
  summary:
    'Reads server logs (stderr, CSV or JSON): failed logins, guessing, refused rights, superuser logins, changes of the schema.',
  arguments: [{ name: 'files', description: 'log files', isVariadic: true }],
  options: [
    {
      flags: '--threshold <count>',
      description: 'failed logins of one address or role that are a finding (default: 5)',
    },
    {
      flags: '--leaked <file>',
      description: 'a file with a secret that must not be in the logs; may be given several times',
      isRepeatable: true,
    },
  ],
  changes: 'nothing',
  example: 'dbops audit ingest /var/log/postgresql/postgresql-15-main.log',
  run(call) {
    const secrets = listOption(call, 'leaked').map((path) => readSecretFile({ path, environment: call.environment }))
    const text = call.args.map((path) => readFileSync(path, 'utf8')).join('\n')
    const { checks, counts } = ingestServerLog(text, { threshold: numberOption(call, 'threshold', 5, 1), secrets })
    const failed = checks.filter(({ verdict }) => verdict === 'fail').length
    return judged(`${counts.lines} line(s), ${counts.failedLogins} failed login(s), ${failed} finding(s)`, checks, {
      data: counts,
    })
  },
}
