/** How the process ends; the numbers are API. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 130

export const EXIT_FINE = 0
export const EXIT_FINDINGS = 1
export const EXIT_USAGE = 2
export const EXIT_INPUT = 3
export const EXIT_ENVIRONMENT = 4
export const EXIT_INTERRUPTED = 130

/** What each exit code means, for the help and the reference. */
export const exitCodes: readonly { readonly code: ExitCode; readonly meaning: string }[] = [
  { code: EXIT_FINE, meaning: 'fine; also when a damaged capture could be read in part (a warning says how far)' },
  { code: EXIT_FINDINGS, meaning: 'a finding at or above --fail-on; with --compare-tshark, a disagreement' },
  { code: EXIT_USAGE, meaning: 'wrong options, arguments or configuration' },
  { code: EXIT_INPUT, meaning: 'the input cannot be read or is no capture' },
  { code: EXIT_ENVIRONMENT, meaning: 'the machine lacks something: report not writable, Node too old, tshark missing' },
  { code: EXIT_INTERRUPTED, meaning: 'interrupted by Ctrl-C' },
]

/** The one table from error codes (the engine's, ours, the operating system's) to exit codes. */
const byErrorCode: Readonly<Record<string, ExitCode>> = {
  USAGE: EXIT_USAGE,
  INVALID_CONFIG: EXIT_USAGE,
  CONFIG_UNREADABLE: EXIT_USAGE,
  INVALID_OPTION: EXIT_USAGE,
  INVALID_FILTER: EXIT_USAGE,
  NO_SUCH_FILE: EXIT_INPUT,
  NOT_A_CAPTURE: EXIT_INPUT,
  EMPTY_INPUT: EXIT_INPUT,
  UNSUPPORTED_VERSION: EXIT_INPUT,
  DAMAGED_HEADER: EXIT_INPUT,
  DECOMPRESSION_LIMIT: EXIT_INPUT,
  INPUT_UNREADABLE: EXIT_INPUT,
  NOT_A_REPORT: EXIT_INPUT,
  REPORT_UNREADABLE: EXIT_INPUT,
  CAPTURE_NEEDED: EXIT_USAGE,
  NO_SUCH_FINDING: EXIT_USAGE,
  REPORT_NOT_WRITTEN: EXIT_ENVIRONMENT,
  TSHARK_MISSING: EXIT_ENVIRONMENT,
  TSHARK_FAILED: EXIT_ENVIRONMENT,
  CONFIGURATION_INVALID: EXIT_USAGE,
  MIGRATION_NOT_FOUND: EXIT_USAGE,
  ABORTED: EXIT_INTERRUPTED,
  EPIPE: EXIT_FINE,
}

/** The exit code of an error that ended the command; what is not listed is the machine's fault or ours. */
export function exitCodeOf(error: unknown): ExitCode {
  const { code } = (error ?? {}) as { code?: unknown }
  return (typeof code === 'string' ? byErrorCode[code] : undefined) ?? EXIT_ENVIRONMENT
}
