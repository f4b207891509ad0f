/**
 * What must not reach a terminal from a capture: C0 and C1 controls (escape sequences begin with them), DEL, marks that reverse or
 * isolate the direction of writing, characters without width, line and paragraph separators, tags, lone surrogates.
 */
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|[\ud800-\udfff]/gu
const UNSAFE_BUT_LINES = new RegExp(UNSAFE.source.replace('\\u0000-\\u001f', '\\u0000-\\u0009\\u000b-\\u001f'), 'gu')

/** Characters of captured text that are shown before it is cut. */
const MOST_CHARACTERS = 200

/**
 * Captured text as it may be shown: what could command the terminal or mislead the eye is written as an escape (`\x1b`, `\u{202e}`),
 * and text longer than `mostCharacters` is cut with the number of characters that are missing.
 */
export function safeText(
  text: string,
  mostCharacters = MOST_CHARACTERS,
  options: { keepLines?: boolean } = {},
): string {
  const shown = text.length > mostCharacters ? cut(text, mostCharacters) : text
  return shown.replace(options.keepLines === true ? UNSAFE_BUT_LINES : UNSAFE, escapeCharacter)
}

function cut(text: string, mostCharacters: number): string {
  const characters = Array.from(text)
  const missing = characters.length - mostCharacters
  return missing <= 0 ? text : `${characters.slice(0, mostCharacters).join('')}… (${missing} more characters)`
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code === 0x09) return '\\t'
  if (code === 0x0a) return '\\n'
  if (code === 0x0d) return '\\r'
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
}
