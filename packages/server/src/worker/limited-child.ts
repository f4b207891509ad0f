import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

const KIB = 1024
const PAGE_BYTES = 4096
const WATCH_MS = 500
/** What Node takes beside its heap: code, buffers, compiled core. */
const OVERHEAD_MB = 256

/** Bounds of one child. */
export interface ChildLimits {
  readonly memoryMb: number
  readonly timeoutSeconds: number
  /** Largest file it may write. */
  readonly fileMb: number
}

/** How a child ended, when it was not by itself. */
export type Stopped = 'MEMORY_LIMIT' | 'TIME_LIMIT' | 'STOPPED'

export interface LimitedChild {
  readonly process: ChildProcess
  /** Why it was killed; null as long as it was not. */
  readonly stopped: () => Stopped | null
  stop(): void
}

/**
 * Starts one of our scripts in a process with bounded heap, resident memory, CPU time, wall time and file size, without any of our
 * environment, so that no secret is in reach; it may read the given files and write into one folder.
 */
export function startLimitedChild(script: URL, argument: string, folder: string, limits: ChildLimits): LimitedChild {
  const fromSource = script.pathname.endsWith('.ts')
  const options = [
    `--max-old-space-size=${limits.memoryMb}`,
    ...(fromSource ? ['--conditions=development'] : []),
    '--permission',
    '--allow-fs-read=*',
    `--allow-fs-write=${folder}`,
    '--disable-warning=SecurityWarning',
  ]
  const bounds = `ulimit -t ${limits.timeoutSeconds} -c 0; ulimit -f ${(limits.fileMb * KIB * KIB) / 512}; exec "$0" "$@"`
  const child = spawn('/bin/sh', ['-c', bounds, process.execPath, ...options, script.pathname, argument], {
    cwd: folder,
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  let stopped: Stopped | null = null
  const stop = (why: Stopped) => {
    stopped ??= why
    child.kill('SIGKILL')
  }
  const timer = setTimeout(() => stop('TIME_LIMIT'), limits.timeoutSeconds * 1000)
  const watch = setInterval(() => {
    if (residentMb(child.pid) > limits.memoryMb + OVERHEAD_MB) stop('MEMORY_LIMIT')
  }, WATCH_MS)
  child.once('close', () => {
    clearTimeout(timer)
    clearInterval(watch)
  })
  return { process: child, stopped: () => stopped, stop: () => stop('STOPPED') }
}

/** Zero where the system does not say. */
function residentMb(pid: number | undefined): number {
  try {
    const [, resident] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')
    return (Number(resident) * PAGE_BYTES) / (KIB * KIB)
  } catch {
    return 0
  }
}
