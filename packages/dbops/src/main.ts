import { readFileSync, writeSync } from 'node:fs'
import { runCommandLine } from './command/run-command.ts'
import { commands } from './commands/index.ts'
import { EXIT_INTERNAL, EXIT_INTERRUPTED } from './exit-codes.ts'

/** Whole texts, also to a pipe that is full for the moment. */
function write(descriptor: 1 | 2, text: string): void {
  const bytes = Buffer.from(text)
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(descriptor, bytes, written)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EPIPE') return
      if (descriptor === 2 && code !== 'EAGAIN') return // nobody is left to tell
      if (code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}

let interruption: AbortController | null = null

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (interruption === null || interruption.signal.aborted) process.exit(EXIT_INTERRUPTED) // handlers of `exit` remove what is temporary
    interruption.abort()
  })
}

try {
  process.exitCode = await runCommandLine(commands, process.argv.slice(2), {
    variables: process.env,
    workingFolder: process.cwd(),
    version: JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version,
    writeOut: (text) => write(1, text),
    writeError: (text) => write(2, text),
    interruption: () => (interruption ??= new AbortController()).signal,
    now: () => new Date(),
  })
} catch (error) {
  // what there is to say cannot be said: a disk that is full, a descriptor that is closed
  write(2, `dbops: error: the result cannot be written (${(error as NodeJS.ErrnoException).code ?? error})\n`)
  process.exitCode = EXIT_INTERNAL
}
