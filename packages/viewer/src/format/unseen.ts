const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\u{e0000}-\u{e007f}]|[\ud800-\udfff]/gu

/**
 * Captured text with every character that a reader does not see but a program or the eye obeys written as an escape: controls, marks
 * of direction, characters without width, tags, lone surrogates. `kept` stay as they are.
 */
export function escapeUnseen(text: string, kept = ''): string {
  return text.replace(UNSEEN, (character) =>
    kept.includes(character) ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  )
}
