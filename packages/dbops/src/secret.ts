import { createHash } from 'node:crypto'
import { inspect } from 'node:util'

const MASK = '***'

/** Every value that was ever wrapped in this process, so that texts from elsewhere can be redacted. */
const known = new Set<string>()
/** Shorter values would redact half of every text. */
const SHORTEST_REDACTED = 6

/** A value that must not be seen: it prints as three stars wherever it is printed; only {@link Secret.reveal} gives it away. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
    if (value.length >= SHORTEST_REDACTED) known.add(value)
  }

  /** The value itself; call it at the last moment, where it is sent. */
  reveal(): string {
    return this.#value
  }

  /** First 12 hex digits of a SHA-256 over a domain and the value: tells values apart without telling them. */
  fingerprint(): string {
    return createHash('sha256').update(`dbops-fingerprint\0${this.#value}`).digest('hex').slice(0, 12)
  }

  toString(): string {
    return MASK
  }

  toJSON(): string {
    return MASK
  }

  [inspect.custom](): string {
    return MASK
  }
}

/** A text without any secret this process knows (plain and percent-encoded) and without passwords in URLs. */
export function redact(text: string): string {
  let clean = text
  for (const value of known) {
    if (clean.includes(value)) clean = clean.replaceAll(value, MASK)
    const encoded = encodeURIComponent(value)
    if (encoded !== value && clean.includes(encoded)) clean = clean.replaceAll(encoded, MASK)
  }
  return clean.replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s/@]+@/gi, `$1:${MASK}@`)
}
