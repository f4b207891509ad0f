import { readFileSync } from 'node:fs'
import { shipLog } from '../audit/ship-log.ts'
import { openSink } from '../audit/sinks/open-sink.ts'
import { Secret } from '../secret.ts'
import type { CommandProcess } from './new-call.ts'

/** Token of collectors: DBOPS_AUDIT_TOKEN, or the file that DBOPS_AUDIT_TOKEN_FILE names. */
export function auditToken(variables: Readonly<Record<string, string | undefined>>): Secret | null {
  const { DBOPS_AUDIT_TOKEN: value, DBOPS_AUDIT_TOKEN_FILE: file } = variables
  if (file) return new Secret(readFileSync(file, 'utf8').trim())
  return value ? new Secret(value) : null
}

/** After every command: the sinks of DBOPS_AUDIT_SINKS get what they do not have. One that is down is said, and stops nothing. */
export async function shipRecorded(stateFolder: string, process: CommandProcess): Promise<void> {
  const names = (process.variables.DBOPS_AUDIT_SINKS ?? '').split(/[\s,]+/).filter(Boolean)
  for (const name of names) {
    try {
      const sink = openSink(name, {
        token: auditToken(process.variables),
        writeOut: (text) => process.writeError(text),
      })
      const { due, state } = await shipLog(stateFolder, sink, process.now())
      if (due > 0)
        process.writeError(
          `dbops: warning: ${sink.name} did not take the operations log (${due} line(s) due): ${state.failure?.reason}\n`,
        )
    } catch (error) {
      process.writeError(`dbops: warning: DBOPS_AUDIT_SINKS: ${(error as Error).message}\n`)
    }
  }
}
