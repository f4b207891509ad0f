/** Statements of a text that pg_dumpall wrote, without comments; texts and names in quotes may hold semicolons and line ends. */
export function splitStatements(sql: string): string[] {
  const statements: string[] = []
  let current = ''
  // a comment, a text with or without escapes, a name, the end of a statement, anything else
  for (const [part] of sql.matchAll(/--[^\n]*|[Ee]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|;|[^;'"-]|-/gs)) {
    if (part.startsWith('--')) continue
    if (part !== ';') {
      current += part
      continue
    }
    if (current.trim() !== '') statements.push(current.trim())
    current = ''
  }
  return statements
}
