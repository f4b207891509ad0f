import type { CommandDefinition } from '../command/command.ts'
import { requiredOption } from '../command/option-reading.ts'
import { manualItems } from '../doctor/manual-items.ts'
import { addSignOff, readSignOffs } from '../doctor/sign-offs.ts'
import { EXIT_FINDINGS, EXIT_FINE } from '../exit-codes.ts'

export const signoffAdd: CommandDefinition = {
  name: 'signoff add',
  summary:
    'Signs, with a last day, for what doctor cannot see, or for a failure that is accepted on purpose. When the day is over it counts again.',
  arguments: [{ name: 'check', description: 'id of the check, as doctor prints it' }],
  options: [
    { flags: '--by <name>', description: 'who answers for it' },
    { flags: '--until <day>', description: 'last day, YYYY-MM-DD, within a year' },
    { flags: '--reason <text>', description: 'what was looked at, or why it is accepted' },
  ],
  changes: 'files',
  example:
    'dbops signoff add manual.firewall --by "Ada Admin" --until 2027-01-31 --reason "port tried from outside, ticket 42"',
  run(call) {
    const signOff = addSignOff(
      call.stateFolder,
      {
        id: call.args[0],
        owner: requiredOption(call, 'by', '--by'),
        expires: requiredOption(call, 'until', '--until'),
        reason: requiredOption(call, 'reason', '--reason'),
      },
      call.now(),
    )
    const { id, owner, expires } = signOff
    return {
      summary: `${owner} answers for ${id} until ${expires}`,
      exitCode: EXIT_FINE,
      text: '',
      data: signOff,
      audit: { check: id, owner, expires, reason: signOff.reason },
    }
  },
}

export const signoffList: CommandDefinition = {
  name: 'signoff list',
  summary: 'Who answers for what until when, and which manual items nobody signed for. 1 when one is missing or over.',
  options: [],
  changes: 'nothing',
  example: 'dbops signoff list',
  run(call) {
    const today = call.now().toISOString().slice(0, 10)
    const given = readSignOffs(call.stateFolder)
    const over = given.filter(({ expires }) => expires < today)
    const missing = manualItems.filter(({ id }) => !given.some((one) => one.id === id))
    return {
      summary: `${given.length} sign-off(s), ${over.length} of them over; ${missing.length} manual item(s) without one`,
      exitCode: over.length + missing.length === 0 ? EXIT_FINE : EXIT_FINDINGS,
      text: [
        ...given.map(
          ({ id, owner, expires, reason }) =>
            `${id}  ${owner}  until ${expires}${expires < today ? ' (over)' : ''}  ${reason}`,
        ),
        ...missing.map(({ id, title }) => `${id}  nobody: ${title}`),
      ].join('\n'),
      data: { given, missing: missing.map(({ id }) => id) },
    }
  },
}
