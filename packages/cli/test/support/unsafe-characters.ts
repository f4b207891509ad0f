/** C0 controls but the line break: what even JSON escapes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
export const c0Controls = /[\u0000-\u0009\u000b-\u001f]/

/** Everything that could command a terminal or reverse the writing, but the line break. */
export const unsafeCharacters =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/
