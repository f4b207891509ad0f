import type { Call, CommandDefinition } from '../command/command.ts'
import type { Outcome } from '../command/outcome.ts'
import { journalFolder } from '../command/state-folder.ts'
import { withServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import { withServerLock } from '../connection/server-lock.ts'
import { generatePassword } from '../credentials/generate-password.ts'
import {
  closeBreakGlass,
  connectionLimitOf,
  describeSubject,
  EMERGENCY_LOCK,
  type MeasureInForce,
  measuresInForce,
  setConnectionLimit,
  targetName,
} from '../emergency/temporary-measure.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINDINGS, EXIT_FINE, EXIT_PARTIAL } from '../exit-codes.ts'
import { scramVerifier } from '../roles/scram.ts'
import { applySettings } from '../settings/apply-settings.ts'
import { Journal } from '../state/journal.ts'

export const emergencyExpire: CommandDefinition = {
  name: 'emergency expire',
  summary:
    'Takes back what emergency raise and emergency open did, when its time is over, or now when it is named; what somebody changed since stays, and is said. 8 when something is left.',
  arguments: [{ name: 'id', description: 'of a measure, before its time', isOptional: true }],
  options: [],
  changes: 'server',
  example: 'dbops emergency expire --url postgresql://postgres@localhost/app --apply',
  async run(call) {
    const server = call.target()
    const [id] = call.args
    const all = measuresInForce(journalFolder(call), call.now()).filter(({ target }) => target === targetName(server))
    const due = all.filter((one) => (id === undefined ? one.isOver : one.id === id))
    if (id !== undefined && due.length === 0)
      throw new DbopsError('USAGE', `${id} is no measure in force at ${targetName(server)}`, {
        hint: 'dbops emergency list',
      })
    if (!call.isApplied)
      return {
        summary: `would take back ${due.length} of ${all.length} measure(s); --apply does it`,
        exitCode: EXIT_FINE,
        text: shown(due),
        data: due,
      }
    call.confirm(server.database, 'taking back a measure')
    return await withServerLock(server, EMERGENCY_LOCK, () => takeBackAll(call, server, due))
  },
}

async function takeBackAll(call: Call, server: ConnectionParameters, due: readonly MeasureInForce[]): Promise<Outcome> {
  const lines: string[] = []
  let left = 0
  for (const measure of due) {
    const problem = await takeBack(server, measure)
    if (problem !== null) left++
    lines.push(
      `${measure.id}  ${describeSubject(measure.subject)}: ${problem ?? `back to ${measure.before ?? 'its default'}`}`,
    )
    Journal.open(journalFolder(call), measure.id, call.now).finish()
  }
  return {
    summary: `${due.length - left} measure(s) taken back${left === 0 ? '' : `, ${left} left as somebody changed it since`}`,
    exitCode: left === 0 ? EXIT_FINE : EXIT_PARTIAL,
    text: lines.join('\n'),
    data: { taken: due.map(({ id }) => id), left },
    audit: { measures: due.map(({ id, subject }) => ({ id, subject })) },
  }
}

/** Null when it is as before; why not, when somebody changed it in the meantime. */
async function takeBack(
  server: ConnectionParameters,
  { subject, before, after }: MeasureInForce,
): Promise<string | null> {
  if (subject.kind === 'break-glass') {
    await withServer(server, (client) => closeBreakGlass(client, subject.name, scramVerifier(generatePassword())))
    return null
  }
  if (subject.kind === 'setting') return await takeBackSetting(server, subject.name, before, after)
  return await withServer(server, async (client) => {
    const now = String(await connectionLimitOf(client, subject))
    if (now === before) return null
    if (now !== after) return `is ${now} by now, and stays so`
    await setConnectionLimit(client, subject, Number(before))
    return null
  })
}

async function takeBackSetting(
  server: ConnectionParameters,
  name: string,
  before: string | null,
  after: string,
): Promise<string | null> {
  const system = await withServer(server, async (client) => {
    const { rows } = await client.query<{ setting: string }>(
      "select setting from pg_file_settings where name = $1 and sourcefile ~ 'postgresql\\.auto\\.conf$' order by seqno desc limit 1",
      [name],
    )
    return rows[0]?.setting ?? null
  })
  if (system === before) return null
  if (system !== after) return `is ${system ?? 'its default'} by now, and stays so`
  await applySettings(server, { [name]: before })
  return null
}

export const emergencyList: CommandDefinition = {
  name: 'emergency list',
  summary: 'Measures that hold for a while, and until when; 1 when the time of one is over.',
  options: [],
  changes: 'nothing',
  example: 'dbops emergency list',
  run(call) {
    const all = measuresInForce(journalFolder(call), call.now())
    const over = all.filter(({ isOver }) => isOver).length
    return {
      summary: `${all.length} measure(s) in force, ${over} of them over`,
      exitCode: over === 0 ? EXIT_FINE : EXIT_FINDINGS,
      text: shown(all),
      data: all,
    }
  },
}

function shown(measures: readonly MeasureInForce[]): string {
  return measures
    .map(
      ({ id, target, subject, before, after, until, reason, isOver }) =>
        `${id}  ${target}  ${describeSubject(subject)}: ${before ?? 'its default'} → ${after}  until ${until}${isOver ? ' (over)' : ''}  ${reason}`,
    )
    .join('\n')
}
