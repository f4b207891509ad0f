import { readFileSync, writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import { commands } from './commands/index.ts'
import type { CommandContext, Output } from './context.ts'
import { errorText } from './error-text.ts'
import { EXIT_FINE, EXIT_INTERRUPTED, type ExitCode, exitCodeOf } from './exit-codes.ts'
import { readPlainArguments } from './plain-arguments.ts'

const DEFAULT_COLUMNS = 100

/** Writes whole texts at once, also to a pipe that is full for the moment, so that nothing is lost when the process ends. */
class DescriptorOutput implements Output {
  readonly #descriptor: number

  constructor(descriptor: number) {
    this.#descriptor = descriptor
  }

  write(text: string): void {
    const bytes = Buffer.from(text)
    for (let written = 0; written < bytes.length; ) {
      try {
        written += writeSync(this.#descriptor, bytes, written)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
      }
    }
  }
}

function newContext(): CommandContext {
  return {
    stdout: new DescriptorOutput(1),
    stderr: new DescriptorOutput(2),
    // process.stdout is not touched unless it is a terminal: making the stream costs time and makes a pipe non-blocking
    columns: (isatty(1) ? process.stdout.columns : 0) || DEFAULT_COLUMNS,
    stdoutIsTerminal: isatty(1),
    stderrIsTerminal: isatty(2),
    environment: process.env,
    commands,
    exitOnInterrupt,
    now: () => new Date(),
    elapsedMs: () => performance.now(),
    cpuMs: () => {
      const { user, system } = process.cpuUsage()
      return (user + system) / 1000
    },
  }
}

function exitOnInterrupt(): void {
  process.once('SIGINT', () => {
    if (isatty(2)) process.stderr.write('\n') // below the progress bar
    process.exit(EXIT_INTERRUPTED)
  })
}

async function run(context: CommandContext, words: readonly string[]): Promise<ExitCode> {
  if (words.length === 1 && (words[0] === '--version' || words[0] === '-V')) {
    context.stdout.write(`pcap-analyzer ${ownVersion()}\n`)
    return EXIT_FINE
  }
  const call =
    readPlainArguments(commands, words) ??
    (await (await import('./program.ts')).readArguments(context, words, ownVersion()))
  return call === null ? EXIT_FINE : await call.definition.run(context, call.args, call.options)
}

/** The same path from src/ and from dist/. */
function ownVersion(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
}

async function main(): Promise<void> {
  const context = newContext()
  try {
    process.exitCode = await run(context, process.argv.slice(2))
  } catch (error) {
    process.exitCode = exitCodeOf(error)
    if ((error as { code?: unknown }).code === 'EPIPE') return
    context.stderr.write(errorText(error))
  }
}

await main()
