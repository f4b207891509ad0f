import { once } from 'node:events'
import { type ChildLimits, startLimitedChild } from './limited-child.ts'

/** Why a child did not come to its own end. */
export type ChildFailure =
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'stopped' }

export interface ChildRun<Message> {
  /** The only one it may write in. */
  readonly folder: string
  readonly limits: ChildLimits
  readonly signal: AbortSignal
  readonly onMessage: (message: Message) => void
}

/** Address of a script that stands beside the module at `from`: TypeScript when that runs from its source. */
export function scriptBeside(from: string, name: string): URL {
  return new URL(`./${name}.${from.endsWith('.ts') ? 'ts' : 'js'}`, from)
}

/** Runs one of our scripts in a process of its own, bounded as the limits say, until it ends; null when it ended by itself. */
export async function runChild<Message>(
  script: URL,
  order: object,
  { folder, limits, signal, onMessage }: ChildRun<Message>,
): Promise<ChildFailure | null> {
  if (signal.aborted) return { kind: 'stopped' }
  const child = startLimitedChild(script, JSON.stringify(order), folder, limits)
  child.process.on('message', (message) => onMessage(message as Message))
  const stop = () => child.stop()
  signal.addEventListener('abort', stop, { once: true })
  const [code, killedBy] = (await once(child.process, 'close')) as [number | null, NodeJS.Signals | null]
  signal.removeEventListener('abort', stop)
  const stopped = child.stopped()
  if (stopped === 'STOPPED') return { kind: 'stopped' }
  if (stopped === 'TIME_LIMIT' || killedBy === 'SIGXCPU') {
    return failed('TIME_LIMIT', `It took longer than ${limits.timeoutSeconds} seconds.`)
  }
  if (stopped === 'MEMORY_LIMIT' || killedBy === 'SIGABRT' || code === 134) {
    return failed('MEMORY_LIMIT', `It needed more than ${limits.memoryMb} MB of memory.`)
  }
  return code === 0 ? null : failed('CHILD_ENDED', `It ended unexpectedly (${killedBy ?? `exit code ${code}`}).`)
}

function failed(code: string, message: string): ChildFailure {
  return { kind: 'failed', code, message }
}
