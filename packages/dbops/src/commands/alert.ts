import { readFileSync } from 'node:fs'
import { type Call, type CommandDefinition, listOption, textOption } from '../command/command.ts'
import { choiceOption, numberOption, requiredOption } from '../command/option-reading.ts'
import { type Check, type Outcome, tiers } from '../command/outcome.ts'
import { readSecretFile } from '../credentials/secret-file.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE, EXIT_PARTIAL, exitCodeOf } from '../exit-codes.ts'
import { type Alert, type AlertChannel, mail, program, webhook } from '../report/alert-channels.ts'
import { type AlertState, changeAlerts, type Delivery, newsOf, readAlerts } from '../report/alert-state.ts'
import { redact, Secret } from '../secret.ts'

export const alertSend: CommandDefinition = {
  name: 'alert send',
  summary:
    'Tells people what a command found (its JSON comes from a file): each failure once in a while, and when it is well again. 8 when not everybody was reached.',
  options: [
    { flags: '--webhook <url>', description: 'where; env:NAME takes it from a variable', isRepeatable: true },
    {
      flags: '--mail <address>',
      description: 'whom; with --smtp; may be given several times',
      isRepeatable: true,
    },
    {
      flags: '--smtp <url>',
      description: 'smtp://user@host:587 (STARTTLS) or smtps://user@host; password from SMTP_PASSWORD(_FILE)',
    },
    { flags: '--mail-from <address>', description: 'sender (default: dbops@ and the host of --smtp)' },
    { flags: '--exec <program>', description: 'gets the alert as JSON on its standard input', isRepeatable: true },
    { flags: '--from-file <file>', description: 'what a command printed with --format json' },
    { flags: '--least <tier>', description: 'critical, recommended or optional (default: optional, which is all)' },
    { flags: '--repeat-hours <hours>', description: 'tell what goes on failing again after so long (default: 24)' },
    { flags: '--test', description: 'send a test instead' },
  ],
  changes: 'nothing',
  example:
    'dbops alert send --webhook env:ALERT_URL --mail dba@example.org --smtp smtp://mail.example --from-file doctor.json',
  async run(call) {
    const channels = channelsOf(call)
    if (call.options.test === true) {
      const test = { summary: 'a test', target: null, failed: [], resolved: [] }
      return await changeAlerts<Outcome>(
        call.stateFolder,
        async (state) => await told(call, state, channels, test, state.open),
      )
    }
    const { summary, target, checks } = foundIn(requiredOption(call, 'fromFile', '--from-file'))
    const least = choiceOption(call, 'least', tiers, 'optional')
    const repeatMs = numberOption(call, 'repeatHours', 24) * 3_600_000
    return await changeAlerts<Outcome>(call.stateFolder, async (state) => {
      const news = newsOf(state.open, checks, { target, least, repeatMs, now: call.now() })
      if (news.failed.length + news.resolved.length === 0) {
        const silent =
          news.silent.length === 0 ? 'nothing failed' : `nothing new: ${news.silent.join(', ')} told before`
        return [state, { summary: `${silent}, nothing was sent`, exitCode: EXIT_FINE, text: '' }] as const
      }
      const alert = {
        summary,
        target,
        failed: news.failed.map(({ id, tier, evidence }) => ({ id, tier, evidence })),
        resolved: news.resolved.map(({ id }) => id),
      }
      return await told(call, state, channels, alert, news.after)
    })
  },
}

export const alertAcknowledge: CommandDefinition = {
  name: 'alert acknowledge',
  summary: 'Somebody answers for a failure that was told: it is not told again until a day.',
  arguments: [{ name: 'check', description: 'id of the check, as alert list tells it' }],
  options: [
    { flags: '--by <name>', description: 'who' },
    { flags: '--until <day>', description: 'last day, YYYY-MM-DD' },
    { flags: '--reason <text>', description: 'what is done about it' },
  ],
  changes: 'files',
  example: 'dbops alert acknowledge backup.rpo --by "Ada Admin" --until 2027-01-31 --reason "new disk is ordered"',
  async run(call) {
    const [id] = call.args
    const until = requiredOption(call, 'until', '--until')
    if (!/^\d{4}-\d\d-\d\d$/.test(until) || Number.isNaN(Date.parse(until)))
      throw new DbopsError('USAGE', `--until "${until}" is no day`, { hint: 'YYYY-MM-DD' })
    const acknowledged = {
      by: requiredOption(call, 'by', '--by'),
      until,
      reason: requiredOption(call, 'reason', '--reason'),
    }
    return await changeAlerts<Outcome>(call.stateFolder, (state) => {
      if (!state.open.some((alert) => alert.id === id))
        throw new DbopsError('USAGE', `no open alert is called ${id}`, { hint: 'dbops alert list' })
      const open = state.open.map((alert) => (alert.id === id ? { ...alert, acknowledged } : alert))
      const outcome: Outcome = {
        summary: `${id} is not told until ${until}`,
        exitCode: EXIT_FINE,
        text: '',
        audit: { id, ...acknowledged },
      }
      return [{ ...state, open }, outcome] as const
    })
  },
}

export const alertList: CommandDefinition = {
  name: 'alert list',
  summary: 'Failures that were told and are not well again, who answers for them, and deliveries that failed.',
  options: [],
  changes: 'nothing',
  example: 'dbops alert list',
  run(call) {
    const state = readAlerts(call.stateFolder)
    const failed = state.deliveries.filter(({ failure }) => failure !== null)
    const lines = state.open.map(({ id, target, firstAt, times, acknowledged }) => {
      const answer =
        acknowledged === null ? '' : `  ${acknowledged.by} until ${acknowledged.until}: ${acknowledged.reason}`
      return `${id}  ${target ?? ''}  since ${firstAt}, told ${times} time(s)${answer}`
    })
    const undelivered = failed
      .slice(-10)
      .map(({ at, channel, failure }) => `not delivered ${at} by ${channel}: ${failure}`)
    return {
      summary: `${state.open.length} open, ${failed.length} of the last ${state.deliveries.length} deliveries failed`,
      exitCode: EXIT_FINE,
      text: [...lines, ...undelivered].join('\n'),
      data: state,
    }
  },
}

/** Tries every channel; what nobody was told of stays new. */
async function told(
  call: Call,
  state: AlertState,
  channels: readonly AlertChannel[],
  alert: Alert,
  openAfter: AlertState['open'],
) {
  const deliveries: Delivery[] = []
  let first: unknown = null
  for (const channel of channels) {
    const at = call.now().toISOString()
    try {
      await channel.send(alert)
      deliveries.push({ at, channel: channel.name, failure: null })
    } catch (error) {
      first ??= error
      const failure = redact((error as Error).message)
      call.progress(`${channel.name}: ${failure}`)
      deliveries.push({ at, channel: channel.name, failure })
    }
  }
  const failed = deliveries.filter(({ failure }) => failure !== null)
  const isLost = failed.length === deliveries.length
  const outcome = {
    summary:
      failed.length === 0
        ? 'sent'
        : `${failed.length} of ${deliveries.length} not reached: ${failed.map(({ channel, failure }) => `${channel}: ${failure}`).join('; ')}`,
    exitCode: failed.length === 0 ? EXIT_FINE : isLost ? exitCodeOf(first) : EXIT_PARTIAL,
    text: '',
    data: { alert, deliveries },
    audit: { deliveries, failed: alert.failed.map(({ id }) => id), resolved: alert.resolved },
  }
  const after = { open: isLost ? state.open : openAfter, deliveries: [...state.deliveries, ...deliveries] }
  return [after, outcome] as const
}

/** @throws {DbopsError} USAGE when nobody would be told, SECRET_MISSING */
function channelsOf(call: Call): AlertChannel[] {
  const channels = [
    ...listOption(call, 'webhook').map((place) => {
      const url = place.startsWith('env:') ? (call.variables[place.slice(4)] ?? '') : place
      if (!URL.canParse(url)) throw new DbopsError('USAGE', '--webhook is no URL')
      return webhook(url)
    }),
    ...mailOf(call),
    ...listOption(call, 'exec').map(program),
  ]
  if (channels.length === 0) throw new DbopsError('USAGE', 'give --webhook, --mail or --exec')
  return channels
}

function mailOf(call: Call): AlertChannel[] {
  const to = listOption(call, 'mail')
  if (to.length === 0) return []
  const text = requiredOption(call, 'smtp', '--smtp')
  const server = URL.canParse(text) ? new URL(text) : null
  if (server === null || !/^smtps?:$/.test(server.protocol) || server.hostname === '')
    throw new DbopsError(
      'USAGE',
      `--smtp "${server === null ? text : server.protocol}" is no smtp://host or smtps://host`,
    )
  if (server.password !== '')
    throw new DbopsError('USAGE', 'a password stands in --smtp', {
      hint: 'SMTP_PASSWORD_FILE names a file that holds it',
    })
  const { SMTP_PASSWORD: value, SMTP_PASSWORD_FILE: file } = call.variables
  const password = file
    ? readSecretFile({ path: file, environment: call.environment })
    : value
      ? new Secret(value)
      : null
  const from = textOption(call, 'mailFrom') ?? `dbops@${server.hostname}`
  const odd = [...to, from].find((address) => !/^[^\s@<>,]+@[^\s@<>,]+$/.test(address))
  if (odd !== undefined) throw new DbopsError('USAGE', `"${odd}" is no address`)
  return [mail({ server, password: server.username === '' ? null : password, from, to })]
}

/** What a command printed. @throws {DbopsError} USAGE */
function foundIn(path: string): { summary: string; target: string | null; checks: readonly Check[] } {
  try {
    const { summary, target, checks } = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof summary === 'string' && Array.isArray(checks)) return { summary, target: target ?? null, checks }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new DbopsError('USAGE', `${path} ${code === undefined ? 'is no JSON' : `cannot be read (${code})`}`, {
      cause,
    })
  }
  throw new DbopsError('USAGE', `${path} is not what a command prints with --format json`)
}
