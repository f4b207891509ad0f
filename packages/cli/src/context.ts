import type { CommandDefinition } from './commands/command.ts'

/** Where a command writes. */
export interface Output {
  write(text: string): void
}

/** What a command may know of the process it runs in; only main.ts makes one from the real process. */
export interface CommandContext {
  readonly stdout: Output
  readonly stderr: Output
  /** Columns of the terminal; 100 when there is none. */
  readonly columns: number
  readonly stdoutIsTerminal: boolean
  readonly stderrIsTerminal: boolean
  readonly environment: Readonly<Record<string, string | undefined>>
  /** All commands, for the one that completes them. */
  readonly commands: readonly CommandDefinition[]
  /**
   * From now on Ctrl-C ends the process with exit code 130 at the next turn of the event loop. Without it, and so while input is read
   * that may block (a pipe, a terminal), the system ends the process at once and the shell says 130.
   */
  exitOnInterrupt(): void
  now(): Date
  /** Milliseconds from some fixed point, for rates. */
  elapsedMs(): number
  /** User and system CPU time of the process in ms. */
  cpuMs(): number
}
