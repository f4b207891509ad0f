import { safeText } from './terminal/safe-text.ts'

const MOST_CHARACTERS = 2000

/** Advice in the words of the command line, where the engine's speaks of its own options. */
const hints: Readonly<Record<string, string>> = {
  DECOMPRESSION_LIMIT:
    'if you trust the capture, raise --max-expansion-ratio or --max-decompressed-bytes, or use --allow-large-expansion',
}

/** One line that says what is wrong and one that says what to do; the place in our code too when it is our fault. */
export function errorText(error: unknown): string {
  const { message, hint, code, stack } = error as { message?: string; hint?: string; code?: string; stack?: string }
  const line = (text: string) => `${safeText(text, MOST_CHARACTERS)}\n`
  if (!isExpected(error)) {
    return [
      line(`pcap-analyzer: error: unexpected: ${message ?? String(error)}`),
      'hint: this is a bug of pcap-analyzer; please report it with these lines\n',
      `${safeText(stack ?? '', MOST_CHARACTERS, { keepLines: true })}\n`,
    ].join('')
  }
  const advice = hints[code ?? ''] ?? hint
  return `${line(`pcap-analyzer: error: ${message}`)}${advice === undefined ? '' : line(`hint: ${advice}`)}`
}

const ownErrors: ReadonlySet<string> = new Set([
  'CommandError',
  'EngineError',
  'ReportError',
  'ServiceError',
  'DbopsError',
])

/** Ours, the engine's, the report's, or the operating system's; everything else is a mistake in the code. */
function isExpected(error: unknown): boolean {
  const { name, syscall } = (error ?? {}) as { name?: string; syscall?: string }
  return ownErrors.has(name ?? '') || syscall !== undefined
}
