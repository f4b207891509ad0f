import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The command in a process of its own, leader of its process group, so that a power cut can be played. */
export interface CommandChild {
  readonly child: ChildProcess
  readonly pid: number
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>
  readonly output: () => string
  killGroup(): void
  /** Ends the first child process of the command whose name it is; false when there is none yet. */
  killProgram(name: string): boolean
}

export function startCommand(
  stateFolder: string,
  words: readonly string[],
  variables: Record<string, string> = {},
): CommandChild {
  const main = join(import.meta.dirname, '../../src/main.ts')
  const child = spawn(process.execPath, ['--conditions=development', main, ...words], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', HOME: stateFolder, DBOPS_STATE_DIR: stateFolder, ...variables },
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes: Buffer) => void (text += bytes))
  const pid = child.pid ?? 0
  return {
    child,
    pid,
    ended: once(child, 'close').then(([code, signal]) => (signal ?? code) as number | string),
    output: () => text,
    killGroup: () => {
      try {
        process.kill(-pid, 'SIGKILL')
      } catch {
        // it has ended already
      }
    },
    killProgram: (name) => {
      const found = childrenOf(pid).find((one) => nameOf(one) === name)
      if (found === undefined) return false
      process.kill(found, 'SIGKILL')
      return true
    },
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return ''
  }
}
