import { type Call, type CommandDefinition, listOption, textOption } from '../command/command.ts'
import { choiceOption, numberOption } from '../command/option-reading.ts'
import { formatUrl } from '../connection/format-url.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINDINGS, EXIT_FINE, exitCodeOf } from '../exit-codes.ts'
import { type LimitedNumber, limitedNumbers } from '../monitor/snapshot.ts'
import { type Look, watchServer } from '../monitor/watch.ts'
import { webhook as webhookChannel } from '../report/alert-channels.ts'

export const monitorWatch: CommandDefinition = {
  name: 'monitor watch',
  summary:
    'Shows sessions, waits, locks and the statements that run longest, again and again, until it is interrupted; with --format json a line each. 1 when a limit was exceeded, 3 when the server is gone at the end.',
  options: [
    { flags: '--interval <seconds>', description: 'between two looks (default: 2)' },
    { flags: '--count <count>', description: 'how many looks (default: until it is interrupted)' },
    {
      flags: '--limit <name=value>',
      description: `more than that is a finding; names are ${limitedNumbers.join(', ')}; may be given several times`,
      isRepeatable: true,
    },
    { flags: '--webhook <url>', description: 'told when a limit is exceeded anew; env:NAME takes it from a variable' },
  ],
  changes: 'nothing',
  example: 'dbops monitor watch --interval 5 --limit waiting=0 --url postgresql://app_monitor@localhost/app',
  async run(call) {
    const server = call.target()
    const form = choiceOption(call, 'format', ['text', 'json'], 'text')
    const limits = limitsOf(call)
    const webhook = webhookOf(call)
    const count = numberOption(call, 'count', 0)
    let looks = 0
    let findings = 0
    let last: Look | null = null
    for await (const look of watchServer({
      server,
      limits,
      count: count === 0 ? null : count,
      intervalMs: numberOption(call, 'interval', 2, 0, 86_400) * 1000,
      now: call.now,
      signal: call.interruption(),
    })) {
      call.write(form === 'json' ? `${JSON.stringify(lineOf(look))}\n` : `${tableOf(look)}\n\n`)
      const fresh = look.exceeded.filter((name) => last?.exceeded.includes(name) !== true)
      if (webhook !== null && fresh.length > 0)
        await alert(call, webhook, { look, fresh, limits, target: formatUrl(server, 'omitted') })
      findings += look.exceeded.length === 0 ? 0 : 1
      looks++
      last = look
    }
    const failure = last?.failure ?? null
    return {
      summary: `${looks} look(s), ${findings} of them above a limit${failure === null ? '' : `; at the end: ${failure.message}`}`,
      exitCode: failure !== null ? exitCodeOf(failure) : findings > 0 ? EXIT_FINDINGS : EXIT_FINE,
      text: '',
      isSilent: form === 'json',
    }
  },
}

/** @throws {DbopsError} USAGE */
function limitsOf(call: Call): Map<LimitedNumber, number> {
  return new Map(
    listOption(call, 'limit').map((text) => {
      const [, word, value] = /^(\w+)=(\d+(?:\.\d+)?)$/.exec(text) ?? []
      const name = limitedNumbers.find((one) => one === word)
      if (name === undefined)
        throw new DbopsError('USAGE', `--limit "${text}" is not name=value`, {
          hint: `names are ${limitedNumbers.join(', ')}`,
        })
      return [name, Number(value)]
    }),
  )
}

/** @throws {DbopsError} USAGE for a variable that is not set */
function webhookOf(call: Call): string | null {
  const text = textOption(call, 'webhook')
  if (text === null || !text.startsWith('env:')) return text
  const value = call.variables[text.slice('env:'.length)]
  if (!value) throw new DbopsError('USAGE', `variable ${text.slice('env:'.length)}, which --webhook names, is not set`)
  return value
}

interface Exceeding {
  readonly look: Look
  readonly fresh: readonly LimitedNumber[]
  readonly limits: ReadonlyMap<LimitedNumber, number>
  readonly target: string
}

/** An alert that does not arrive is said, and ends nothing. */
async function alert(call: Call, webhook: string, { look, fresh, limits, target }: Exceeding): Promise<void> {
  const failed = fresh.map((name) => ({
    id: `watch.${name}`,
    tier: 'critical' as const,
    evidence: `${look.snapshot?.[name]}, at most ${limits.get(name)}`,
  }))
  try {
    await webhookChannel(webhook).send({ summary: 'above a limit', target, failed, resolved: [] })
  } catch (error) {
    call.progress(`warning: the alert was not taken: ${(error as Error).message}`)
  }
}

function lineOf({ at, snapshot, failure, transactionsPerSecond, exceeded }: Look): object {
  if (snapshot === null) return { time: at.toISOString(), error: { code: failure?.code, message: failure?.message } }
  return { time: at.toISOString(), transactionsPerSecond, exceeded, ...snapshot }
}

function tableOf({ at, snapshot, failure, transactionsPerSecond, exceeded }: Look): string {
  const time = at.toISOString()
  if (snapshot === null) return `${time}  ${failure?.code}: ${failure?.message}`
  const mark = (name: LimitedNumber): string =>
    `${snapshot[name]}${exceeded.includes(name) ? ' (above its limit)' : ''}`
  const perSecond = transactionsPerSecond === null ? '' : `  ${transactionsPerSecond.toFixed(1)} transactions/s`
  return [
    `${time}  sessions ${mark('sessions')}  active ${mark('active')}  idle in transaction ${mark('idleInTransaction')}  waiting ${mark('waiting')}  oldest transaction ${mark('oldestTransactionSeconds')} s  slowest ${mark('slowestSeconds')} s${perSecond}`,
    ...snapshot.waits.map(({ event, sessions }) => `  waits for ${event}: ${sessions}`),
    ...snapshot.locks.map(
      ({ pid, role, seconds, blockers }) => `  ${pid} of ${role} is held up for ${seconds} s by ${blockers.join(', ')}`,
    ),
    ...snapshot.statements.map(
      ({ pid, role, seconds, statement }) => `  ${pid} of ${role} for ${seconds} s: ${statement}`,
    ),
  ].join('\n')
}
