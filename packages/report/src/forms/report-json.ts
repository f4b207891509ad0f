// What JSON.stringify leaves as it is although a terminal may obey it: DEL, C1 controls, marks of direction and without width.
const UNSAFE_IN_JSON =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g

/** The report as JSON with a final newline, keys in the report's own order; the same report gives the same bytes, safe to print. */
export function reportJson(report: unknown, form: 'pretty' | 'compact'): string {
  const json = JSON.stringify(report, null, form === 'pretty' ? 2 : undefined)
  return `${json.replace(UNSAFE_IN_JSON, escapeUnits)}\n`
}

function escapeUnits(characters: string): string {
  return characters.replace(/./gsu, (character) =>
    [...Array(character.length).keys()]
      .map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}
