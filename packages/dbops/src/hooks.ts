import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { plainEnvironment } from './run.ts'
import { redact } from './secret.ts'

const MOST_HOOK_MS = 300_000

/** How a command of the site ended. */
export interface HookResult {
  readonly hook: string
  /** Null when it went well; else how it ended, with its last words. */
  readonly failure: string | null
}

/** Runs commands of the site, one after the other, each in a shell without our secrets. One that fails stops nothing: the caller says it. */
export async function runHooks(
  hooks: readonly string[],
  onProgress: (line: string) => void,
): Promise<readonly HookResult[]> {
  const results: HookResult[] = []
  for (const hook of hooks) {
    onProgress(`running ${hook}`)
    try {
      await promisify(execFile)('/bin/sh', ['-c', hook], { env: plainEnvironment(), timeout: MOST_HOOK_MS })
      results.push({ hook, failure: null })
    } catch (error) {
      const { code, stderr = '' } = error as { code?: unknown; stderr?: string }
      results.push({ hook, failure: redact(`ended with ${code ?? 'a signal'}: ${stderr.trim().slice(-200)}`) })
    }
  }
  return results
}

/**
 * Makes applications read their login again (`systemctl reload app`). A hook that fails does not stop the rotation, which has published
 * already: it returns what failed.
 */
export async function runReloadHooks(
  hooks: readonly string[],
  onProgress: (line: string) => void,
): Promise<readonly string[]> {
  const results = await runHooks(hooks, onProgress)
  return results.flatMap(({ hook, failure }) => (failure === null ? [] : [redact(`${hook} ${failure}`)]))
}
