import { readFileSync } from 'node:fs'
import { DatabaseError } from 'pg'
import { type Check, type Tier, tiers } from '../command/outcome.ts'
import { readYaml } from '../config.ts'
import { DbopsError } from '../errors.ts'
import { quoteName } from '../quote.ts'
import type { SessionFacts } from './connection-test.ts'
import type { ServerClient } from './server-client.ts'

/** Whether something holds, and what was seen. */
interface Finding {
  readonly isFine: boolean
  readonly evidence: string
}

type Words = Readonly<Record<string, string>>

interface AssertionKind {
  /** Words that must and may be given beside `assert` and `severity`. */
  readonly needs: readonly string[]
  readonly takes?: readonly string[]
  title(words: Words): string
  judge(client: ServerClient, facts: SessionFacts, words: Words): Promise<Finding> | Finding
}

const kinds: Readonly<Record<string, AssertionKind>> = {
  scram: {
    needs: [],
    title: () => 'new passwords are stored as SCRAM',
    judge: (_, { passwordEncryption }) => ({
      isFine: passwordEncryption === 'scram-sha-256',
      evidence: passwordEncryption,
    }),
  },
  tls: {
    needs: [],
    title: () => 'this session is encrypted, as the socket itself says',
    judge: (client) => {
      const protocol = client.tlsSocket?.getProtocol() ?? null
      return { isFine: protocol !== null, evidence: protocol ?? 'in clear' }
    },
  },
  'not-superuser': {
    needs: [],
    title: () => 'the login is no superuser',
    judge: (_, { isSuperuser, user }) => ({
      isFine: !isSuperuser,
      evidence: `${user} is ${isSuperuser ? 'one' : 'none'}`,
    }),
  },
  'connection-limit': {
    needs: [],
    takes: ['most'],
    title: ({ most }) => `the login has a connection limit${most === undefined ? '' : ` of at most ${most}`}`,
    judge: (_, { connectionLimit: limit }, { most }) => ({
      isFine: limit >= 0 && (most === undefined || limit <= Number(most)),
      evidence: limit < 0 ? 'no limit' : String(limit),
    }),
  },
  'no-create': {
    needs: [],
    takes: ['schema'],
    title: ({ schema = 'public' }) => `the login may create neither schemas nor anything in schema ${schema}`,
    async judge(client, _, { schema = 'public' }) {
      const { rows } = await client.query<{ inSchema: boolean; inDatabase: boolean }>(
        `select coalesce(has_schema_privilege(to_regnamespace($1), 'create'), false) as "inSchema",
          has_database_privilege(current_database(), 'create') as "inDatabase"`,
        [quoteName(schema)],
      )
      const [{ inSchema, inDatabase }] = rows
      const evidence = [
        ...(inSchema ? [`CREATE on schema ${schema}`] : []),
        ...(inDatabase ? ['CREATE on the database'] : []),
      ]
      return { isFine: evidence.length === 0, evidence: evidence.join(', ') || 'neither' }
    },
  },
  writable: {
    needs: [],
    title: () => 'the session may write',
    judge: (_, { isReadOnly }) => ({ isFine: !isReadOnly, evidence: isReadOnly ? 'read-only' : 'writable' }),
  },
  'read-only': {
    needs: [],
    title: () => 'the session only reads',
    judge: (_, { isReadOnly }) => ({ isFine: isReadOnly, evidence: isReadOnly ? 'read-only' : 'writable' }),
  },
  setting: {
    needs: ['name', 'value'],
    title: ({ name, value }) => `${name} is ${value}`,
    async judge(client, _, { name, value }) {
      const { rows } = await client.query<{ value: string | null }>('select current_setting($1, true) as value', [name])
      return { isFine: rows[0].value === value, evidence: rows[0].value ?? 'unknown to this server' }
    },
  },
  table: {
    needs: ['name'],
    title: ({ name }) => `table ${name} is there and may be read`,
    async judge(client, _, { name }) {
      const { rows } = await client.query<{ may: boolean | null }>(
        "select has_table_privilege(to_regclass($1), 'select') as may",
        [name],
      )
      const [{ may }] = rows
      return {
        isFine: may === true,
        evidence: may === null ? 'not there' : may ? 'there' : 'there, but may not be read',
      }
    },
  },
  extension: {
    needs: ['name'],
    takes: ['version'],
    title: ({ name, version }) => `extension ${name} is installed${version === undefined ? '' : ` as ${version}`}`,
    async judge(client, _, { name, version }) {
      const { rows } = await client.query<{ version: string }>(
        'select extversion as version from pg_extension where extname = $1',
        [name],
      )
      const found = rows[0]?.version
      return { isFine: found !== undefined && (version ?? found) === found, evidence: found ?? 'not installed' }
    },
  },
  'schema-version': {
    needs: ['table', 'column', 'value'],
    title: ({ table, value }) => `the schema is at ${value} (${table})`,
    async judge(client, _, { table, column, value }) {
      const { rows: found } = await client.query<{ name: string | null }>('select to_regclass($1)::text as name', [
        table,
      ])
      const [{ name }] = found
      if (name === null) return { isFine: false, evidence: `table ${table} is not there` }
      const { rows } = await client.query<{ version: string }>(
        `select ${quoteName(column)}::text as version from ${name}`,
      )
      const versions = rows.map(({ version }) => version)
      return { isFine: versions.length === 1 && versions[0] === value, evidence: versions.join(', ') || 'no version' }
    },
  },
}

/** One line of a profile. */
export interface Assertion {
  readonly kind: string
  readonly severity: Tier
  readonly words: Words
}

/**
 * What a login must be like, from a YAML file: `assertions`, each with `assert`, its words and a `severity`; what is only `optional` warns.
 * @throws {DbopsError} CONFIG_INVALID
 */
export function readConnectionProfile(path: string): readonly Assertion[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new DbopsError('CONFIG_INVALID', `${path} cannot be read (${code})`, { cause })
  }
  const { assertions, ...rest } = readYaml(text, path)
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined)
    throw new DbopsError('CONFIG_INVALID', `${path}: key "${unknown}" is unknown`, { hint: 'only assertions is known' })
  if (!Array.isArray(assertions) || assertions.length === 0)
    throw new DbopsError('CONFIG_INVALID', `${path}: assertions is no list, or an empty one`)
  return assertions.map((one, index) => readAssertion(one, `${path}, assertion ${index + 1}`))
}

function readAssertion(value: unknown, place: string): Assertion {
  const { assert: kind = '', severity = 'critical', ...words } = (value ?? {}) as Record<string, unknown>
  if (!Object.hasOwn(kinds, String(kind)))
    throw new DbopsError('CONFIG_INVALID', `${place}: "${String(kind)}" is unknown`, {
      hint: `one of ${Object.keys(kinds).join(', ')}`,
    })
  const { needs, takes = [] } = kinds[String(kind)]
  const tier = tiers.find((one) => one === severity)
  if (tier === undefined)
    throw new DbopsError('CONFIG_INVALID', `${place}: severity "${String(severity)}" is none of ${tiers.join(', ')}`)
  for (const name of needs)
    if (words[name] === undefined) throw new DbopsError('CONFIG_INVALID', `${place}: ${name} is missing`)
  for (const [name, word] of Object.entries(words)) {
    if (![...needs, ...takes].includes(name)) throw new DbopsError('CONFIG_INVALID', `${place}: "${name}" is unknown`)
    if (typeof word === 'object') throw new DbopsError('CONFIG_INVALID', `${place}: ${name} is no single value`)
  }
  return {
    kind: String(kind),
    severity: tier,
    words: Object.fromEntries(Object.entries(words).map(([name, word]) => [name, String(word)])),
  }
}

/** Judges a session by a profile. */
export async function judgeConnection(
  client: ServerClient,
  facts: SessionFacts,
  profile: readonly Assertion[],
): Promise<Check[]> {
  const checks: Check[] = []
  for (const { kind, severity, words } of profile) {
    const { isFine, evidence } = await refusedIsFalse(() => kinds[kind].judge(client, facts, words))
    const id = ['conn.profile', kind, ...(words.name === undefined ? [] : [words.name])].join('.')
    const verdict = isFine ? 'pass' : severity === 'optional' ? 'warn' : 'fail'
    checks.push({ id, title: kinds[kind].title(words), verdict, tier: severity, evidence })
  }
  return checks
}

/** What the server does not let us see does not hold. */
async function refusedIsFalse(judge: () => Promise<Finding> | Finding): Promise<Finding> {
  try {
    return await judge()
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error
    return { isFine: false, evidence: `${error.code} ${error.message}` }
  }
}
