import { quoteName, quoteText } from '../quote.ts'

/** `ALTER ROLE … SET` of one setting. search_path is a list of names, which a text would make one name of. */
export function setRoleSetting(role: string, key: string, value: string): string {
  const words = key === 'search_path' ? namesIn(value).map(quoteName).join(', ') || "''" : quoteText(value)
  return `alter role ${quoteName(role)} set ${key} = ${words}`
}

/** Whether a role has a setting, as the catalogue keeps it: `name=value`. */
export function hasRoleSetting(settings: readonly string[], key: string, value: string): boolean {
  const found = settings.find((one) => one.startsWith(`${key}=`))?.slice(key.length + 1)
  if (found === undefined) return false
  if (key !== 'search_path') return found === value
  return JSON.stringify(namesIn(found)) === JSON.stringify(namesIn(value))
}

/** Names of a list such as `app, "My schema"`. */
function namesIn(list: string): string[] {
  return [...list.matchAll(/"((?:[^"]|"")*)"|[^\s,]+/g)].map(([word, quoted]) =>
    quoted === undefined ? word : quoted.replaceAll('""', '"'),
  )
}
