import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { maskedDatabaseUrl } from '../db/database-url.ts'
import { ServiceError } from '../errors.ts'
import { contradictions, productionProblems } from './production-rules.ts'
import { type Environment, readVariable } from './read-values.ts'
import { type Variable, type VariableName, variables } from './variables.ts'

type ByKind = {
  integer: number
  boolean: boolean
  list: readonly string[]
  choice: string
  text: string | null
  secret: string | null
}
type Listed = (typeof variables)[number]

/** What every variable came to, by its name. */
export type Values = {
  readonly [Name in VariableName]: ByKind[Extract<Listed, { name: Name }>['kind']]
}

export interface Config {
  readonly values: Values
  readonly isProduction: boolean
  /** Present in every environment: outside of production made for this start where they were not set. */
  readonly secretKey: string
  readonly csrfSecretKey: string
  /** What works but was not asked for, one sentence each. */
  readonly warnings: readonly string[]
}

/** One line of `config check`. */
export interface ShownVariable {
  readonly name: VariableName
  readonly shown: string
  readonly source: string
}

/**
 * Reads all of the configuration, once, at the start.
 * @throws {ServiceError} CONFIGURATION_INVALID with every problem there is, a line each.
 */
export function readConfig(environment: Environment): Config {
  const { values: asRead, problems, sources } = readValues(environment)
  const values = withPaths(asRead, sources)
  const isProduction = values.ENVIRONMENT === 'production'
  const all = [...problems, ...contradictions(values), ...(isProduction ? productionProblems(values) : [])]
  if (all.length > 0) {
    throw new ServiceError('CONFIGURATION_INVALID', all.join('\n'), {
      hint: 'correct the environment; pcap-analyzer config check prints what was read',
    })
  }
  const warnings: string[] = []
  const keyOf = (name: 'SECRET_KEY' | 'CSRF_SECRET_KEY') => {
    const key = values[name]
    if (key !== null) return key
    warnings.push(
      `${name} is not set: a random one was made for this start, so that nobody stays logged in after the next`,
    )
    return randomBytes(32).toString('hex')
  }
  const secretKey = keyOf('SECRET_KEY')
  return { values, isProduction, secretKey, csrfSecretKey: keyOf('CSRF_SECRET_KEY'), warnings }
}

/** The data folder as an absolute path, since children work in folders of their own; the database is in it unless it was named. */
function withPaths(values: Values, sources: ReadonlyMap<string, string>): Values {
  const folder = resolve(values.DATA_DIR ?? 'data')
  const isNamed = sources.get('DATABASE_URL') !== 'default' || sources.get('DATA_DIR') === 'default'
  return {
    ...values,
    DATA_DIR: folder,
    DATABASE_URL: isNamed ? values.DATABASE_URL : `sqlite:///${folder}/pcap_analyzer.db`,
  }
}

/** What was read for each variable, secrets masked, and every problem; for `config check`. */
export function describeConfig(environment: Environment): { variables: ShownVariable[]; problems: string[] } {
  const { values, problems, sources } = readValues(environment)
  const isProduction = values.ENVIRONMENT === 'production'
  return {
    variables: variables.map(({ name, kind }) => ({
      name,
      shown: shownValue(name, kind, values[name]),
      source: sources.get(name) ?? 'default',
    })),
    problems: [...problems, ...contradictions(values), ...(isProduction ? productionProblems(values) : [])],
  }
}

function readValues(environment: Environment): { values: Values; problems: string[]; sources: Map<string, string> } {
  const problems: string[] = []
  const sources = new Map<string, string>()
  const entries = variables.map((variable) => {
    const reading = readVariable(variable, environment)
    if ('problem' in reading) {
      problems.push(reading.problem)
      return [variable.name, defaultOf(variable)]
    }
    sources.set(variable.name, reading.source)
    return [variable.name, reading.value]
  })
  return { values: Object.fromEntries(entries) as Values, problems, sources }
}

function defaultOf(variable: Variable): unknown {
  const reading = readVariable(variable, {})
  return 'value' in reading ? reading.value : null
}

function shownValue(name: string, kind: string, value: unknown): string {
  if (value === null || value === '') return '(not set)'
  if (name.startsWith('DATABASE_') && kind === 'secret') {
    try {
      return maskedDatabaseUrl(String(value))
    } catch {
      return '(set, unreadable)'
    }
  }
  if (kind === 'secret') return '***'
  return Array.isArray(value) ? value.join(', ') || '(none)' : String(value)
}
