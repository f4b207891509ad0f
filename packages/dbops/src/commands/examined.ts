import { type Call, textOption } from '../command/command.ts'
import type { Check } from '../command/outcome.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import { examine } from '../doctor/examine.ts'
import { readSignOffs } from '../doctor/sign-offs.ts'
import { applyWaivers, readWaivers } from '../doctor/waivers.ts'

/** Options of reports about what doctor finds. */
export const examinedOptions = [
  { flags: '--app-role <role>', description: 'role of the application' },
  { flags: '--backups <folder>', description: 'folder of backups' },
] as const

/** What doctor finds at the server of a call, with the sign-offs of people and the waivers of `--waivers`. */
export async function examined(call: Call, server: ConnectionParameters): Promise<Check[]> {
  const found = await examine({
    server,
    appRole: textOption(call, 'appRole'),
    schemas: [],
    tenantColumns: [],
    backups: textOption(call, 'backups'),
    stateFolder: call.stateFolder,
    now: call.now(),
  })
  const waivers = textOption(call, 'waivers')
  const answers = [...readSignOffs(call.stateFolder), ...(waivers === null ? [] : readWaivers(waivers))]
  return applyWaivers(found, answers, call.now())
}
