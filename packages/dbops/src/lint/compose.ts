import { isMap, isScalar, isSeq, LineCounter, parseDocument, type YAMLMap } from 'yaml'
import type { Check, Tier } from '../command/outcome.ts'
import { guardedPorts, interpolate, isLoopback, longPort, parseShortPort, portsOf } from './compose-ports.ts'
import { withoutAliases } from './expand-aliases.ts'

interface Context {
  readonly file: string
  readonly lineOf: (node: unknown) => number
  readonly variables: Readonly<Record<string, string | undefined>>
  readonly add: (
    id: string,
    title: string,
    tier: Tier,
    evidence: string,
    line: number,
    remediation?: string,
    isSoft?: boolean,
  ) => void
}

/** Judges a compose file: ports, secrets, users, images. */
export function lintCompose(
  text: string,
  file: string,
  variables: Readonly<Record<string, string | undefined>> = {},
): Check[] {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const checks: Check[] = document.errors.map((error) => ({
    id: 'compose.syntax',
    title: 'the file can be read',
    verdict: 'fail',
    tier: 'critical',
    evidence: error.message.split('\n')[0],
    location: { file, line: error.linePos?.[0].line ?? 1 },
  }))
  const context: Context = {
    file,
    variables,
    lineOf: (node) => lines.linePos((node as { range?: [number] } | null)?.range?.[0] ?? 0).line,
    add: (id, title, tier, evidence, line, remediation, isSoft = false) => {
      checks.push({
        id: `compose.${id}`,
        title,
        verdict: isSoft ? 'warn' : 'fail',
        tier,
        evidence: `${file}:${line}: ${evidence}`,
        location: { file, line },
        remediation,
      })
    },
  }
  if (document.errors.length > 0) return checks
  const odd = (what: string, node: unknown): void =>
    context.add('shape', 'the file is a compose file', 'critical', what, context.lineOf(node))
  let top: unknown
  try {
    top = withoutAliases(document.contents, document)
  } catch (error) {
    odd((error as Error).message, null)
    return checks
  }
  if (!isMap(top)) {
    odd('it holds no services', null)
    return checks
  }
  const services = top.get('services')
  const secrets = top.get('secrets')
  const hasNone = isMap(services) ? services.items.length === 0 : services !== undefined
  if (hasNone || (services === undefined && top.get('include') === undefined))
    odd('it holds no services', top.get('services', true))
  if (isMap(secrets)) lintSecrets(secrets, context)
  if (isMap(services))
    for (const { key, value } of services.items) {
      const name = String(isScalar(key) ? key.value : key)
      if (isMap(value)) lintService(name, value, context)
      else odd(`service ${name} is no mapping`, key)
    }
  return checks
}

function lintService(name: string, service: YAMLMap, context: Context): void {
  const { add, lineOf } = context
  const image = String(service.get('image') ?? '')
  const isDatabase = /postgres|postgis|timescale|mysql|mariadb|redis|mongo|adminer|pgadmin/i.test(`${image} ${name}`)
  lintPorts(name, service, isDatabase, context)
  if (service.get('network_mode') === 'host')
    add(
      'host-network',
      'services keep their own network',
      'critical',
      `${name} shares the network of the host`,
      lineOf(service.get('network_mode', true)),
    )
  if (service.get('privileged') === true)
    add(
      'privileged',
      'services have no rights over the host',
      'critical',
      `${name} is privileged`,
      lineOf(service.get('privileged', true)),
    )
  lintEnvironment(name, service, context)
  if (!isDatabase) return
  const line = lineOf(service)
  if (image !== '' && (!image.includes(':') || /:latest$/.test(image)))
    add(
      'image-tag',
      'images are pinned',
      'recommended',
      `${name} takes whatever ${image} is today`,
      line,
      undefined,
      true,
    )
  if (/postgres/i.test(image)) {
    if (service.get('volumes') === undefined)
      add('volume', 'data outlives the container', 'critical', `${name} has no volume`, line)
    if (service.get('healthcheck') === undefined)
      add(
        'healthcheck',
        'others wait until the database is ready',
        'optional',
        `${name} has none`,
        line,
        undefined,
        true,
      )
    if (!JSON.stringify(service.get('security_opt') ?? '').includes('no-new-privileges'))
      add(
        'no-new-privileges',
        'processes gain no rights',
        'optional',
        `${name} does not say so`,
        line,
        'security_opt: [no-new-privileges:true]',
        true,
      )
  }
  if (/adminer|pgadmin/i.test(image) && service.get('profiles') === undefined)
    add(
      'admin-page',
      'administration pages run in development only',
      'recommended',
      `${name} always runs`,
      line,
      'profiles: [dev]',
      true,
    )
}

function lintPorts(name: string, service: YAMLMap, isDatabase: boolean, { add, lineOf, variables }: Context): void {
  const ports = service.get('ports')
  if (!isSeq(ports) && ports !== undefined && ports !== null)
    add('shape', 'the file is a compose file', 'critical', `the ports of ${name} are no list`, lineOf(service))
  if (!isSeq(ports)) return
  for (const item of ports.items) {
    const published = isMap(item)
      ? longPort(item, variables)
      : parseShortPort(String(isScalar(item) ? item.value : item), variables)
    const numbers = [...portsOf(published.containerPort), ...portsOf(published.hostPort ?? '')]
    const isGuarded = isDatabase || numbers.some((number) => guardedPorts.has(number))
    if (isGuarded && !isLoopback(published.hostAddress))
      add(
        'port-open',
        'databases listen on this machine only',
        'critical',
        `${name} publishes ${published.containerPort} on ${published.hostAddress ?? 'every interface'}`,
        lineOf(item),
        `127.0.0.1:${published.hostPort ?? published.containerPort}:${published.containerPort} (dbops lint compose --fix)`,
      )
  }
}

const secretName = /password|passwd|secret|token|api_?key|private_?key|_key$/i

function lintEnvironment(name: string, service: YAMLMap, { add, lineOf, variables }: Context): void {
  const pairs: [string, string, unknown][] = []
  const environment = service.get('environment')
  if (environment !== undefined && environment !== null && !isMap(environment) && !isSeq(environment))
    add(
      'shape',
      'the file is a compose file',
      'critical',
      `the environment of ${name} is neither list nor mapping`,
      lineOf(service),
    )
  if (isMap(environment))
    for (const { key, value } of environment.items)
      pairs.push([String(isScalar(key) ? key.value : key), String(isScalar(value) ? (value.value ?? '') : ''), key])
  if (isSeq(environment))
    for (const item of environment.items) {
      const text = String(isScalar(item) ? item.value : '')
      const at = text.indexOf('=')
      if (at > 0) pairs.push([text.slice(0, at), text.slice(at + 1), item])
    }
  for (const [key, value, node] of pairs) {
    const line = lineOf(node)
    if (key === 'POSTGRES_HOST_AUTH_METHOD' && value === 'trust')
      add('trust', 'the database asks for a password', 'critical', `${name} lets everybody in`, line)
    const isLiteral = value !== '' && !value.startsWith('/run/secrets') && !/^\$\{?\w+(:?\?[^}]*)?\}?$/.test(value)
    if (secretName.test(key) && !key.endsWith('_FILE') && isLiteral && interpolate(value, variables) !== '')
      add(
        'literal-secret',
        'secrets do not stand in the file',
        'critical',
        `${name}: ${key} has a value${value.includes('$') ? ' as its default' : ''}`,
        line,
        `use ${key}_FILE and a secret`,
      )
    if (/url|dsn/i.test(key) && /:\/\/[^:/@]*:[^@$]+@/.test(value))
      add('literal-secret', 'secrets do not stand in the file', 'critical', `${name}: ${key} holds a password`, line)
    if (key === 'POSTGRES_USER' && value !== 'postgres' && value !== '')
      add(
        'bootstrap-user',
        'the application is not the superuser of the image',
        'recommended',
        `${name}: ${value} becomes superuser`,
        line,
        'keep postgres, and give the application a role of its own (dbops roles apply)',
        true,
      )
  }
  const command = JSON.stringify(service.toJSON()?.command ?? '')
  if (/password[=: ]|PGPASSWORD/i.test(command) && !/\$\{?\w/.test(command))
    add(
      'command-secret',
      'secrets do not stand in commands',
      'critical',
      `${name} has one in its command`,
      lineOf(service.get('command', true)),
    )
}

function lintSecrets(secrets: YAMLMap, { add, lineOf }: Context): void {
  for (const { key, value } of secrets.items) {
    if (isMap(value) && value.get('external') === true)
      add(
        'external-secret',
        'secrets exist where the file is used',
        'recommended',
        `${isScalar(key) ? key.value : key} is external, which only Swarm has`,
        lineOf(key),
        'file: ./secrets/…',
        true,
      )
  }
}
