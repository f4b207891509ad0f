import type { YAMLMap } from 'yaml'

/** Where a published port listens. */
export interface PublishedPort {
  /** Address of the host; null for all of them. */
  readonly hostAddress: string | null
  readonly hostPort: string | null
  readonly containerPort: string
}

/** Ports of databases, caches and their administration pages. */
export const guardedPorts = new Set([
  1433, 1521, 3306, 5050, 5432, 5433, 5434, 5435, 6379, 6432, 8080, 8081, 8086, 9000, 9042, 9200, 11211, 15672, 26257,
  27017,
])

/** Reads a short port as Compose does, after interpolation with defaults: `[[address:]host:]container[/protocol]`. */
export function parseShortPort(
  source: string,
  variables: Readonly<Record<string, string | undefined>> = {},
): PublishedPort {
  const text = interpolate(source, variables).replace(/\/(tcp|udp|sctp)$/, '')
  const ipv6 = /^\[([^\]]+)\]:(.*)$/.exec(text)
  const parts = ipv6 === null ? text.split(':') : [ipv6[1], ...ipv6[2].split(':')]
  if (parts.length === 1) return { hostAddress: null, hostPort: null, containerPort: parts[0] }
  if (parts.length === 2) return { hostAddress: null, hostPort: parts[0] || null, containerPort: parts[1] }
  return {
    hostAddress: parts.slice(0, -2).join(':'),
    hostPort: parts[parts.length - 2] || null,
    containerPort: parts[parts.length - 1],
  }
}

/** `${NAME:-default}`, `${NAME-default}`, `${NAME:?error}`, `${NAME}`, `$NAME`, `$$`. */
export function interpolate(text: string, variables: Readonly<Record<string, string | undefined>>): string {
  return text.replace(
    /\$\$|\$\{(\w+)(?:(:?[-?+])([^}]*))?\}|\$(\w+)/g,
    (
      whole,
      name: string | undefined,
      operator: string | undefined,
      rest: string | undefined,
      bare: string | undefined,
    ) => {
      if (whole === '$$') return '$'
      const value = variables[name ?? bare ?? '']
      if (operator?.endsWith('-')) return (operator === ':-' ? value || undefined : value) ?? rest ?? ''
      if (operator?.endsWith('+')) return value ? (rest ?? '') : ''
      return value ?? ''
    },
  )
}

/** Whether only this machine reaches the port. */
export function isLoopback(address: string | null): boolean {
  return address !== null && (/^127\./.test(address) || address === '::1' || address === 'localhost')
}

/** The numbers of `5430-5435`; none when it is no range. */
export function portsOf(range: string): number[] {
  const [first, last = first] = range.split('-').map(Number)
  return Number.isInteger(first) && Number.isInteger(last) && last - first < 65_536
    ? Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)
    : []
}

/** The same of the long form. */
export function longPort(item: YAMLMap, variables: Readonly<Record<string, string | undefined>>): PublishedPort {
  const value = (key: string): string | null => {
    const found = item.get(key)
    return found === undefined || found === null ? null : interpolate(String(found), variables)
  }
  return { hostAddress: value('host_ip') || null, hostPort: value('published'), containerPort: value('target') ?? '' }
}
