/** The settings of one section of a file in the style of `pg_service.conf` and `~/.aws/credentials`; null when it is not there. */
export function sectionOf(text: string, service: string): Readonly<Record<string, string>> | null {
  let words: Record<string, string> | null = null
  for (const line of text.split(/\r?\n/)) {
    const section = /^\s*\[(.+)\]\s*$/.exec(line)
    if (section !== null) {
      if (words !== null) return words
      if (section[1] === service) words = {}
      continue
    }
    const setting = /^\s*([\w]+)\s*=(.*)$/.exec(line)
    if (words !== null && setting !== null) words[setting[1]] = setting[2].trim()
  }
  return words
}
