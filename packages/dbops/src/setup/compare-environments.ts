import { existsSync, readFileSync } from 'node:fs'
import type { Check } from '../command/outcome.ts'
import { parseDotenv } from '../credentials/dotenv.ts'
import { Secret } from '../secret.ts'

/** Whether a variable of this name holds a secret itself, not the place of one. */
export function isSecretName(name: string): boolean {
  return /(PASSWORD|PASSWD|SECRET|TOKEN|_KEY|_URL|_DSN)$/i.test(name)
}

/** What two environments have in common that they must not, and what one of them lacks; names and fingerprints, no values. */
export function compareEnvironments(first: string, second: string): Check[] {
  const one = parseDotenv(readFileSync(first, 'utf8'), first)
  const two = parseDotenv(readFileSync(second, 'utf8'), second)
  const base = { id: 'env.names', title: 'both environments know the same names', tier: 'recommended' } as const
  const missing = [
    ...Object.keys(one)
      .filter((name) => two[name] === undefined)
      .map((name) => `${name} is not in ${second}`),
    ...Object.keys(two)
      .filter((name) => one[name] === undefined)
      .map((name) => `${name} is not in ${first}`),
  ]
  const differing = Object.keys(one).filter((name) => two[name] !== undefined && two[name] !== one[name])
  return [
    {
      ...base,
      verdict: missing.length === 0 ? 'pass' : 'fail',
      evidence: missing.length === 0 ? `${Object.keys(one).length} names` : missing.join('; '),
    },
    {
      id: 'env.values',
      title: 'names whose values differ',
      tier: 'optional',
      verdict: 'pass',
      evidence: differing.join(', ') || 'none',
    },
    sharedSecrets(one, two),
  ]
}

/** By value, whatever the names: a secret of one environment must not open the other. */
function sharedSecrets(one: Readonly<Record<string, string>>, two: Readonly<Record<string, string>>): Check {
  const ours = secretsOf(one)
  const shared = [...secretsOf(two)].flatMap(([name, value]) =>
    [...ours]
      .filter(([, other]) => other.reveal() === value.reveal())
      .map(([other]) => `${other}${other === name ? '' : ` and ${name}`} (#${value.fingerprint()})`),
  )
  return {
    id: 'env.shared',
    title: 'no secret is shared',
    tier: 'critical',
    verdict: shared.length === 0 ? 'pass' : 'fail',
    evidence: shared.join('; ') || 'none',
    remediation: 'dbops cred generate, and a secret of its own for each environment',
  }
}

/** Secrets in the file and in the files it names. */
function secretsOf(variables: Readonly<Record<string, string>>): Map<string, Secret> {
  const found = new Map<string, Secret>()
  for (const [name, value] of Object.entries(variables)) {
    if (isSecretName(name) && value !== '') found.set(name, new Secret(value))
    else if (name.endsWith('_FILE') && existsSync(value))
      found.set(name, new Secret(readFileSync(value, 'utf8').trim()))
  }
  return found
}
