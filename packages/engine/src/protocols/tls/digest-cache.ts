const MOST_TEXTS = 1024

/** Digests of texts that were asked for before: clients of one kind say the same hello again and again. Starts anew when full. */
export class DigestCache {
  private readonly digests = new Map<string, string>()
  private readonly digest: (text: string) => string

  constructor(digest: (text: string) => string) {
    this.digest = digest
  }

  of(text: string): string {
    const known = this.digests.get(text)
    if (known !== undefined) return known
    if (this.digests.size >= MOST_TEXTS) this.digests.clear()
    const made = this.digest(text)
    this.digests.set(text, made)
    return made
  }
}
