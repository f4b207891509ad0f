import type { CommandDefinition } from '../command/command.ts'
import { journalFolder } from '../command/state-folder.ts'
import { withServer } from '../connection/connect.ts'
import { formatUrl } from '../connection/format-url.ts'
import { readSignOffs } from '../doctor/sign-offs.ts'
import { applyWaivers } from '../doctor/waivers.ts'
import { accessReview } from '../report/access-review.ts'
import { listJournal } from '../state/journal.ts'
import { reportOptions, writtenReport } from './written-report.ts'

export const reportAccess: CommandDefinition = {
  name: 'report access',
  summary:
    'Writes every login with its rights, groups, databases, sessions and last rotation as a page, for the review of who still needs it.',
  options: reportOptions,
  changes: 'files',
  example: 'dbops report access --to-file access.html --url postgresql://postgres@localhost/app',
  async run(call) {
    const server = call.target()
    const rotations = listJournal(journalFolder(call)).filter(
      ({ kind, status }) => kind === 'rotate' && status === 'done',
    )
    const found = await withServer(server, (client) => accessReview(client, rotations))
    const checks = applyWaivers(found, readSignOffs(call.stateFolder), call.now())
    return writtenReport(call, 'Who may enter', formatUrl(server, 'omitted'), checks)
  },
}
