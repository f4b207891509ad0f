/** A name as SQL reads it back, always in quotes. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A string as SQL reads it back; with `E''` only where a backslash makes it necessary. */
export function quoteText(text: string): string {
  const body = text.replaceAll("'", "''")
  return body.includes('\\') ? `E'${body.replaceAll('\\', '\\\\')}'` : `'${body}'`
}
