import { spawn } from 'node:child_process'
import { join } from 'node:path'

const main = join(import.meta.dirname, '../../src/main.ts')

export interface CommandResult {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  /** Bytes for standard input. */
  readonly input?: Uint8Array
  readonly cwd?: string
  readonly environment?: Readonly<Record<string, string>>
}

/** Runs the command from its sources, with an environment that holds nothing but PATH. */
export async function runCommand(args: readonly string[], options: RunOptions = {}): Promise<CommandResult> {
  const child = spawnCommand(args, options)
  child.stdin.on('error', () => {}) // a command that fails early does not read its input
  child.stdin.end(options.input ?? new Uint8Array(0))
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  return await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal, stdout, stderr }))
  })
}

/** Starts the command; the caller ends it. */
export function spawnCommand(args: readonly string[], options: RunOptions = {}) {
  return spawn(process.execPath, ['--conditions=development', main, ...args], {
    cwd: options.cwd,
    env: { PATH: process.env.PATH ?? '', ...options.environment },
    stdio: 'pipe',
  })
}
