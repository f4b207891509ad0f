import type { Check, Tier, Verdict } from '../command/outcome.ts'
import { isShadowed } from './hba-match.ts'
import type { HbaFile, HbaRule } from './hba-rule.ts'

/** Judges rules; lines that reject are never too wide. */
export function lintHba({ rules, errors, includes }: HbaFile, file: string): Check[] {
  const checks: Check[] = errors.map(({ file: where, line, message }) =>
    finding(
      'hba.syntax',
      'the server can read the line',
      'fail',
      'critical',
      `${message}: it would keep the old rules, and not start again`,
      placeOf(where, file),
      line,
    ),
  )
  if (rules.length === 0 && errors.length === 0 && includes.length === 0)
    checks.push(
      finding(
        'hba.empty',
        'somebody gets in',
        'fail',
        'critical',
        'there is no rule: the server would refuse everybody, and not start again',
        file,
        1,
      ),
    )
  for (const rule of rules) if (rule.method !== 'reject') checks.push(...ruleFindings(rule, placeOf(rule.file, file)))
  for (const [index, rule] of rules.entries()) {
    const earlier = rules.slice(0, index).find((one) => isShadowed(rule, one))
    if (earlier !== undefined)
      checks.push(
        finding(
          'hba.shadowed',
          'the rule can apply',
          'warn',
          'recommended',
          `line ${earlier.line}${earlier.file === rule.file ? '' : ` of ${earlier.file}`} catches everything before`,
          placeOf(rule.file, file),
          rule.line,
        ),
      )
  }
  const last = rules.at(-1)
  const rejectsRest = ['0.0.0.0/0', '::/0'].every((address) =>
    rules.some(
      (rule) =>
        rule.method === 'reject' &&
        rule.type === 'host' &&
        isAll(rule) &&
        (rule.address === 'all' || rule.address === address),
    ),
  )
  if (!rejectsRest && last !== undefined)
    checks.push(
      finding(
        'hba.final-reject',
        'the rest is rejected by rules of its own',
        'warn',
        'recommended',
        'no final reject for IPv4 and IPv6: refusals are harder to find in the log',
        placeOf(last.file, file),
        last.line,
      ),
    )
  for (const { line, path } of includes)
    checks.push(
      finding(
        'hba.include',
        'included files are judged too',
        'warn',
        'optional',
        `${path} is included and not judged here`,
        file,
        line,
      ),
    )
  return checks
}

/** The file that a line stands in; of text that came without one, the name it was given. */
function placeOf(where: string, file: string): string {
  return where === 'pg_hba.conf' ? file : where
}

function ruleFindings(rule: HbaRule, file: string): Check[] {
  const found: Check[] = []
  const add = (id: string, title: string, verdict: Verdict, tier: Tier, evidence: string): void => {
    found.push(finding(`hba.${id}`, title, verdict, tier, evidence, file, rule.line))
  }
  const isNetwork = rule.type !== 'local'
  const isLoopback =
    rule.address === 'localhost' || rule.address === 'samehost' || /^(127\.|::1\/)/.test(rule.address ?? '')
  if (rule.method === 'trust')
    add('trust', 'nobody comes in without proof', 'fail', 'critical', 'trust lets everybody be anybody')
  if (rule.method === 'password')
    add('password', 'passwords do not travel in clear', 'fail', 'critical', 'method password')
  if (rule.method === 'md5')
    add('md5', 'passwords are proven by SCRAM', 'fail', 'critical', 'method md5 lets old verifiers in')
  if (rule.method === 'ident' && isNetwork)
    add('ident', 'the client is not asked who it is', 'fail', 'critical', 'method ident believes the other machine')
  if (!isNetwork) return found
  const users = rule.users.map(({ text }) => text)
  if (/^(0\.0\.0\.0\/0|::\/0|all)$/.test(rule.address ?? ''))
    add('any-address', 'only known networks come in', 'fail', 'critical', `address ${rule.address}`)
  if (rule.address === 'samenet')
    add('samenet', 'only known networks come in', 'warn', 'recommended', 'samenet grows with the network of the server')
  if (rule.type !== 'hostssl' && !isLoopback)
    add('no-tls', 'rules for other machines demand TLS', 'fail', 'critical', `type ${rule.type}`)
  if (isAll(rule) && !isLoopback)
    add('all-all', 'rules name database and role', 'fail', 'critical', 'all databases and all roles')
  if (users.includes('postgres') && !isLoopback)
    add(
      'superuser-remote',
      'the superuser stays on its machine',
      'fail',
      'critical',
      'postgres may come from another machine',
    )
  if (
    /^[a-z.]/i.test(rule.address ?? '') &&
    !['all', 'samehost', 'samenet', 'localhost'].includes(rule.address ?? '') &&
    !(rule.address ?? '').includes(':')
  )
    add('hostname', 'rules do not depend on DNS', 'warn', 'recommended', `name ${rule.address}`)
  return found
}

function isAll({ databases, users }: HbaRule): boolean {
  const has = (words: HbaRule['users']): boolean => words.some(({ text, isQuoted }) => text === 'all' && !isQuoted)
  return has(databases) && has(users)
}

function finding(
  id: string,
  title: string,
  verdict: Verdict,
  tier: Tier,
  evidence: string,
  file: string,
  line: number,
): Check {
  return { id, title, verdict, tier, evidence: `line ${line}: ${evidence}`, location: { file, line } }
}
