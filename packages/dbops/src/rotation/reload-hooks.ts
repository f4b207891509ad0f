import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { plainEnvironment } from '../run.ts'
import { redact } from '../secret.ts'

const MOST_HOOK_MS = 300_000

/**
 * Runs what makes applications read their login again (`systemctl reload app`), one command after the other, each in a shell without our
 * secrets. A hook that fails does not stop the rotation, which has published already: it returns what failed, with the hook's last words.
 */
export async function runReloadHooks(
  hooks: readonly string[],
  onProgress: (line: string) => void,
): Promise<readonly string[]> {
  const failed: string[] = []
  for (const hook of hooks) {
    onProgress(`running ${hook}`)
    try {
      await promisify(execFile)('/bin/sh', ['-c', hook], { env: plainEnvironment(), timeout: MOST_HOOK_MS })
    } catch (error) {
      const { code, stderr = '' } = error as { code?: unknown; stderr?: string }
      failed.push(redact(`${hook} ended with ${code ?? 'a signal'}: ${stderr.trim().slice(-200)}`))
    }
  }
  return failed
}
