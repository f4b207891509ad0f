import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { type KnownSecrets, scanText } from '../guard/scan-text.ts'
import type { Secret } from '../secret.ts'

/** A line of a log that holds what should be secret; never with its value. */
export interface LeakedLine {
  readonly file: string
  readonly line: number
  readonly what: string
}

/** A password that a statement sets: every server that logs statements, or one that failed, writes it down. */
const STATEMENT = /\bpassword\s+(?:=\s*)?E?'((?:[^']|'')+)'/i
const VERIFIER = /^(SCRAM-SHA-256\$|md5[0-9a-f]{32}$)/

/** Reads logs line by line, of any length, for passwords in statements and URLs, keys, and secrets that are known by value or fingerprint. */
export async function scanLog(
  file: string,
  { secrets, known }: { readonly secrets: readonly Secret[]; readonly known: KnownSecrets | null },
): Promise<LeakedLine[]> {
  const found: LeakedLine[] = []
  let line = 0
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    line++
    const what = leakOf(text, secrets, known)
    if (what !== null) found.push({ file, line, what })
  }
  return found
}

function leakOf(text: string, secrets: readonly Secret[], known: KnownSecrets | null): string | null {
  if (secrets.some((secret) => text.includes(secret.reveal()))) return 'a secret that was told'
  const password = STATEMENT.exec(text)?.[1]
  if (password !== undefined) return VERIFIER.test(password) ? 'a verifier of a password' : 'a password in a statement'
  const [finding] = scanText('server.log', text, known === null ? {} : { known })
  return finding?.title ?? null
}
