import { parseAllDocuments } from 'yaml'
import type { Check, Tier } from '../command/outcome.ts'

interface Manifest {
  readonly kind?: string
  readonly metadata?: { readonly name?: string }
  readonly spec?: Record<string, unknown>
  readonly data?: Record<string, unknown>
  readonly stringData?: Record<string, unknown>
}

const secretName = /password|passwd|secret|token|api_?key|private_?key/i

/** Judges manifests, also what Helm rendered: how a database is reached, where secrets stand, what containers may do. */
export function lintKubernetes(text: string, file: string): Check[] {
  const checks: Check[] = []
  const manifests: Manifest[] = []
  for (const document of parseAllDocuments(text)) {
    if ('errors' in document && document.errors.length > 0) {
      checks.push(
        finding('syntax', 'the file can be read', 'critical', document.errors[0].message.split('\n')[0], file),
      )
      continue
    }
    let value: unknown
    try {
      value = document.toJS()
      JSON.stringify(value) // an alias may hold itself
    } catch (error) {
      const [what] = (error as Error).message.split('\n')
      checks.push(finding('syntax', 'the file can be read', 'critical', what, file))
      continue
    }
    if (value === null || value === undefined) continue
    if (typeof value === 'object' && typeof (value as Manifest).kind === 'string') manifests.push(value as Manifest)
    else checks.push(finding('shape', 'every document is a manifest', 'critical', 'a document has no kind', file))
  }
  if (manifests.length === 0 && checks.length === 0)
    checks.push(finding('shape', 'every document is a manifest', 'critical', 'there is none', file))
  for (const manifest of manifests) checks.push(...manifestFindings(manifest, file))
  const hasDatabase = manifests.some((manifest) => JSON.stringify(manifest.spec ?? '').includes('5432'))
  if (hasDatabase && !manifests.some(({ kind }) => kind === 'NetworkPolicy'))
    checks.push(
      finding(
        'network-policy',
        'only the application reaches the database',
        'recommended',
        'there is no NetworkPolicy',
        file,
        true,
      ),
    )
  return checks
}

function manifestFindings({ kind = '', metadata, spec = {}, data, stringData }: Manifest, file: string): Check[] {
  const found: Check[] = []
  const who = `${kind} ${metadata?.name ?? ''}`.trim()
  const text = JSON.stringify(spec)
  if (kind === 'Service' && ['NodePort', 'LoadBalancer'].includes(String(spec.type)) && /5432|3306|6379/.test(text))
    found.push(
      finding(
        'service-open',
        'the database is reached inside the cluster only',
        'critical',
        `${who} is ${spec.type}`,
        file,
      ),
    )
  if (/"hostPort":\d/.test(text))
    found.push(
      finding(
        'host-port',
        'the database is reached inside the cluster only',
        'critical',
        `${who} takes a port of the host`,
        file,
      ),
    )
  if (/"hostNetwork":true/.test(text))
    found.push(finding('host-network', 'pods keep their own network', 'critical', who, file))
  if (/"privileged":true/.test(text))
    found.push(finding('privileged', 'containers have no rights over the host', 'critical', who, file))
  if (kind === 'Secret') {
    for (const [key, value] of Object.entries({ ...data, ...stringData }))
      if (String(value) !== '')
        found.push(
          finding('literal-secret', 'secrets do not stand in the file', 'critical', `${who}: ${key} has a value`, file),
        )
  }
  for (const container of containersOf(spec)) found.push(...containerFindings(container, who, file))
  if (kind === 'StatefulSet' && !('volumeClaimTemplates' in spec))
    found.push(finding('volume', 'data outlives the pod', 'critical', `${who} claims no volume`, file))
  return found
}

type Container = {
  readonly name?: string
  readonly image?: string
  readonly env?: readonly { name?: string; value?: unknown; valueFrom?: { secretKeyRef?: unknown } }[]
  readonly securityContext?: Record<string, unknown>
  readonly readinessProbe?: unknown
}

function containersOf(spec: Record<string, unknown>): Container[] {
  const template =
    (spec.template as { spec?: Record<string, unknown> } | undefined)?.spec ??
    (spec.jobTemplate as { spec?: { template?: { spec?: Record<string, unknown> } } } | undefined)?.spec?.template
      ?.spec ??
    spec
  return Array.isArray(template.containers) ? (template.containers as Container[]) : []
}

function containerFindings(
  { name = '', image = '', env = [], securityContext = {}, readinessProbe }: Container,
  who: string,
  file: string,
): Check[] {
  const found: Check[] = []
  for (const { name: key = '', value, valueFrom } of env) {
    if (secretName.test(key) && !key.endsWith('_FILE') && typeof value === 'string' && value !== '')
      found.push(
        finding('literal-secret', 'secrets do not stand in the file', 'critical', `${who}: ${key} has a value`, file),
      )
    if (/url|dsn/i.test(key) && /:\/\/[^:/@]*:[^@]+@/.test(String(value)))
      found.push(
        finding(
          'literal-secret',
          'secrets do not stand in the file',
          'critical',
          `${who}: ${key} holds a password`,
          file,
        ),
      )
    if (/url|dsn/i.test(key) && /^postgres/.test(String(value)) && !/sslmode=verify-full/.test(String(value)))
      found.push(
        finding(
          'sslmode',
          'connections are checked',
          'recommended',
          `${who}: ${key} does not say sslmode=verify-full`,
          file,
          true,
        ),
      )
    if (secretName.test(key) && valueFrom?.secretKeyRef !== undefined)
      found.push(
        finding(
          'secret-variable',
          'secrets come as files',
          'optional',
          `${who}: ${key} comes as a variable`,
          file,
          true,
        ),
      )
  }
  if (securityContext.allowPrivilegeEscalation !== false)
    found.push(
      finding(
        'privilege-escalation',
        'processes gain no rights',
        'recommended',
        `${who}: container ${name} may`,
        file,
        true,
      ),
    )
  if (image !== '' && (!/[:@]/.test(image) || /:latest$/.test(image)))
    found.push(finding('image-tag', 'images are pinned', 'recommended', `${who}: ${image}`, file, true))
  if (/postgres/.test(image) && readinessProbe === undefined)
    found.push(
      finding(
        'probe',
        'others wait until the database is ready',
        'optional',
        `${who}: container ${name} has no readinessProbe`,
        file,
        true,
      ),
    )
  return found
}

function finding(id: string, title: string, tier: Tier, evidence: string, file: string, isSoft = false): Check {
  return {
    id: `kubernetes.${id}`,
    title,
    verdict: isSoft ? 'warn' : 'fail',
    tier,
    evidence: `${file}: ${evidence}`,
    location: { file, line: 1 },
  }
}
