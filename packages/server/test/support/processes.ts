import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

type Environment = Readonly<Record<string, string>>

/** A worker alone, as a process of its own, ready. */
export async function startWorkerProcess(environment: Environment): Promise<ChildProcess> {
  const child = start('worker-process.ts', environment)
  await printed(child, /is ready/)
  return child
}

/** A service as a process of its own, ready; `base` is where it listens. */
export async function startServiceProcess(environment: Environment): Promise<{ child: ChildProcess; base: string }> {
  const child = start('service-process.ts', environment)
  const [, base] = await printed(child, /ready: open (\S+)/)
  return { child, base: base ?? '' }
}

/** Ends a process at once, as a crash would. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

/** Ends a process as an operator would. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

function start(script: string, environment: Environment): ChildProcess {
  return spawn(process.execPath, ['--conditions=development', join(import.meta.dirname, script)], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

/** What a process prints, until it matches. */
function printed(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      text += part
      const match = pattern.exec(text)
      if (match !== null) resolve(match)
    })
    child.once('exit', (code, signal) => reject(new Error(`it ended (${signal ?? code}): ${text}`)))
  })
}
