import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DbopsError } from '../errors.ts'
import { Secret } from '../secret.ts'
import { cloudCommand } from './cloud-command.ts'
import type { SecretName, SecretProvider, SecretVersion, VersionedSecret } from './secret-provider.ts'

/**
 * AWS Secrets Manager through the `aws` command line, which knows every way to log in (profile, single sign-on, instance role). A name
 * may end in `#field` for one field of a secret that is a JSON object, as those of RDS are.
 */
export class AwsCommandLine implements SecretProvider {
  readonly name = 'AWS Secrets Manager'

  async read(name: string, version?: string): Promise<VersionedSecret> {
    const [id, field] = name.split('#')
    const { SecretString: text, VersionId: found } = (await cloudCommand('aws', [
      'secretsmanager',
      'get-secret-value',
      '--secret-id',
      id,
      ...(version === undefined ? [] : ['--version-id', version]),
    ])) as { SecretString?: string; VersionId?: string }
    if (text === undefined) throw new DbopsError('SECRET_INVALID', `secret ${id} of ${this.name} is no text`)
    const whole = new Secret(text) // known from now on, so that no text shows it
    return { value: field === undefined ? whole : fieldOf(text, field, id), version: found ?? '' }
  }

  /** The value travels in a file that only we may read: arguments are there for all to see. */
  async write(name: string, value: Secret): Promise<string> {
    if (name.includes('#')) throw new DbopsError('USAGE', `${name}: only a whole secret is written`)
    const folder = mkdtempSync(join(tmpdir(), 'dbops-aws-')) // 0700
    try {
      const file = join(folder, 'value')
      writeFileSync(file, value.reveal(), { mode: 0o600, flag: 'wx' })
      const { VersionId: version } = (await cloudCommand('aws', [
        'secretsmanager',
        'put-secret-value',
        '--secret-id',
        name,
        '--secret-string',
        `file://${file}`,
      ])) as { VersionId?: string }
      return version ?? ''
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }

  async names(): Promise<SecretName[]> {
    const { SecretList: list = [] } = (await cloudCommand('aws', ['secretsmanager', 'list-secrets'])) as {
      SecretList?: { Name: string }[]
    }
    return list.map(({ Name: name }) => ({ name, version: null, updatedAt: null, state: 'usable' }))
  }

  async versions(name: string): Promise<SecretVersion[]> {
    const [id] = name.split('#')
    const { Versions: versions = [] } = (await cloudCommand('aws', [
      'secretsmanager',
      'list-secret-version-ids',
      '--include-deprecated',
      '--secret-id',
      id,
    ])) as { Versions?: { VersionId: string; CreatedDate?: string }[] }
    return versions
      .map(({ VersionId: version, CreatedDate: createdAt = null }) => ({
        version,
        createdAt,
        state: 'usable' as const,
      }))
      .sort((a, b) => (a.createdAt ?? '').localeCompare(b.createdAt ?? ''))
  }
}

/** One field of a secret that is a JSON object. @throws {DbopsError} SECRET_MISSING */
export function fieldOf(text: string, field: string, id: string): Secret {
  let fields: Record<string, unknown> | null
  try {
    fields = JSON.parse(text)
  } catch {
    fields = null
  }
  const value = fields?.[field]
  if (value === undefined || value === null)
    throw new DbopsError('SECRET_MISSING', `secret ${id} has no field ${field}`)
  return new Secret(String(value))
}
