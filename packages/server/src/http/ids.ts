const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Whether a text may be the id of a row; PostgreSQL refuses to look for anything else. */
export function isUuid(text: string): boolean {
  return UUID.test(text)
}
