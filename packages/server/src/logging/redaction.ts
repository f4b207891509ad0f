export type RedactionLevel = 'PRODUCTION' | 'DEVELOPMENT' | 'DEBUG'

const IPV4 = /\b(\d{1,3}\.\d{1,3})\.\d{1,3}\.\d{1,3}\b/g
const IPV6 = /(?<![\w:.])(?=(?:[\da-f]*:){2,})(?:[\da-f]{0,4}:){2,7}[\da-f]{0,4}(?![\w:])/gi
const MAC = /\b(?:[\da-f]{2}[:-]){5}[\da-f]{2}\b/gi
const HOME = /(\/(?:home|Users)\/)[^/\s"']+/g
const CREDENTIAL = /\b(password|passwd|secret|token|api_?key)(["']?\s*[:=]\s*["']?)[^\s"',;&}]+/gi
const AUTHORIZATION = /\b(Bearer|Basic)\s+[\w.~+/=-]+/gi
const URL_LOGIN = /(\w+:\/\/)[^/\s:@]+:[^\s@]+@/g
const EMAIL = /\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/g

/** A text of the log without what it should not keep of people; loopback addresses stay. */
export function redacted(text: string, level: RedactionLevel): string {
  if (level === 'DEBUG') return text
  const hidden = text
    .replace(URL_LOGIN, '$1[CREDENTIAL_REDACTED]@')
    .replace(AUTHORIZATION, '$1 [CREDENTIAL_REDACTED]')
    .replace(CREDENTIAL, '$1$2[CREDENTIAL_REDACTED]')
    .replace(MAC, '[MAC_REDACTED]')
    .replace(HOME, '$1[USER]')
  if (level === 'DEVELOPMENT') return hidden
  return hidden
    .replace(EMAIL, '[EMAIL_REDACTED]')
    .replace(IPV4, (address, start: string) => (address.startsWith('127.') ? address : `${start}.XXX.XXX`))
    .replace(IPV6, (address) => shortenedIpv6(address))
}

function shortenedIpv6(address: string): string {
  if (address === '::1' || address === '::') return address
  const groups = address.split(':')
  return groups[0] === '' || groups[1] === '' ? '[IP_REDACTED]' : `${groups[0]}:${groups[1]}::[REDACTED]`
}
