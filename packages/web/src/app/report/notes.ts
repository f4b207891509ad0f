/** What people wrote beside a finding. */
export interface Note {
  readonly finding_key: string
  readonly note: string
  readonly tags: readonly string[]
  readonly author: string | null
  readonly updated_at: string
}

/** `a, b,,a` as `a`, `b`. */
export function tagsOf(text: string): string[] {
  const tags = text.split(',').map((tag) => tag.trim())
  return [...new Set(tags.filter((tag) => tag !== ''))]
}
