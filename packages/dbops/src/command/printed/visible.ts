/** Control characters but the ends of lines and tabs, and what turns the direction of text: a name may hold them, a terminal would obey. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** A text in which everything is seen: `\x1b` stands for an escape. Lines stay. */
export function visible(text: string): string {
  return text.replace(unseen, (character) => {
    const code = character.charCodeAt(0)
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`
  })
}

/** The same for a part of a line: what follows an end of line within it is indented, so that it cannot pass for a line of its own. */
export function visiblePart(text: string): string {
  return visible(text).replaceAll('\n', '\n            ')
}
