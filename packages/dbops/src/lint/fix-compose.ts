import { isMap, isScalar, isSeq, parseDocument } from 'yaml'
import { guardedPorts, isLoopback, longPort, type PublishedPort, parseShortPort, portsOf } from './compose-ports.ts'

/** Binds every published port of a database to this machine, keeping comments and everything else; null when nothing was to do. */
export function fixComposePorts(
  text: string,
  variables: Readonly<Record<string, string | undefined>> = {},
): string | null {
  const document = parseDocument(text)
  const services = document.get('services')
  let isChanged = false
  if (!isMap(services)) return null
  for (const { key, value: service } of services.items) {
    if (!isMap(service)) continue
    const ports = service.get('ports')
    if (!isSeq(ports)) continue
    const isDatabase = /postgres|postgis|mysql|mariadb|redis|mongo|adminer|pgadmin/i.test(
      `${service.get('image') ?? ''} ${isScalar(key) ? key.value : ''}`,
    )
    for (const item of ports.items) {
      const published = isMap(item)
        ? longPort(item, variables)
        : parseShortPort(String(isScalar(item) ? item.value : ''), variables)
      const numbers = [...portsOf(published.containerPort), ...portsOf(published.hostPort ?? '')]
      if (isLoopback(published.hostAddress) || !(isDatabase || numbers.some((number) => guardedPorts.has(number))))
        continue
      isChanged = true
      if (isMap(item)) item.set('host_ip', '127.0.0.1')
      else if (isScalar(item)) item.value = boundPort(String(item.value), published)
    }
  }
  return isChanged ? document.toString({ lineWidth: 0 }) : null
}

/** Variables stay in the text; only the address changes. */
function boundPort(source: string, { hostAddress, hostPort, containerPort }: PublishedPort): string {
  const protocol = /\/(tcp|udp|sctp)$/.exec(source)?.[0] ?? ''
  if (hostAddress === null && hostPort !== null) return `127.0.0.1:${source}`
  return `127.0.0.1:${hostPort ?? containerPort}:${containerPort}${protocol}`
}
