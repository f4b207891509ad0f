import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Call, type CommandDefinition, textOption } from '../command/command.ts'
import { choiceOption, requiredOption } from '../command/option-reading.ts'
import { judged, type Outcome } from '../command/outcome.ts'
import { readSecretFile } from '../credentials/secret-file.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { guardHistory, guardStaged, guardTracked } from '../guard/guard.ts'
import { type GuardHook, hookProblem, installHook } from '../guard/install-hook.ts'
import { addKnownSecret, readKnownSecrets } from '../guard/known-secrets.ts'
import type { ScanOptions, SecretFinding } from '../guard/scan-text.ts'

const repositoryOption = { flags: '--repository <folder>', description: 'git repository (default: here)' } as const
const baselineOption = {
  flags: '--baseline <file>',
  description: 'fingerprints of findings that are known (default: .dbops-baseline)',
} as const

function folderOf(call: Call): string {
  return textOption(call, 'repository') ?? call.workingFolder
}

/** Secrets in use, when some were told. */
function known(call: Call): ScanOptions {
  const secrets = readKnownSecrets(call.stateFolder)
  return secrets === null ? {} : { known: secrets }
}

function baselinePath(call: Call): string {
  return textOption(call, 'baseline') ?? join(folderOf(call), '.dbops-baseline')
}

function judge(call: Call, findings: readonly (SecretFinding & { commit?: string })[]): Outcome {
  const path = baselinePath(call)
  const known = new Set(
    existsSync(path)
      ? readFileSync(path, 'utf8')
          .split('\n')
          .map((line) => line.split(' ')[0])
      : [],
  )
  const fresh = findings.filter(({ fingerprint }) => !known.has(fingerprint))
  const summary =
    fresh.length === 0
      ? 'no secret found'
      : `${fresh.length} secret(s): take them out, and change every one that was ever pushed`
  return judged(
    summary,
    fresh.map(({ file, line, rule, title, commit }) => ({
      id: `guard.${rule}`,
      title,
      verdict: 'fail',
      tier: 'critical',
      evidence: `${file}:${line}${commit === undefined ? '' : ` in commit ${commit.slice(0, 12)}`}`,
      location: { file, line },
    })),
    { data: fresh },
  )
}

export const guardStagedCommand: CommandDefinition = {
  name: 'guard staged',
  summary: 'Looks at what is about to be committed: staged contents and names of files.',
  options: [repositoryOption, baselineOption],
  changes: 'nothing',
  example: 'dbops guard staged',
  run: (call) => judge(call, guardStaged(folderOf(call), known(call))),
}

export const guardScan: CommandDefinition = {
  name: 'guard scan',
  summary: 'Looks at every tracked file.',
  options: [repositoryOption, baselineOption],
  changes: 'nothing',
  example: 'dbops guard scan --format sarif',
  run: (call) => judge(call, guardTracked(folderOf(call), known(call))),
}

export const guardHistoryCommand: CommandDefinition = {
  name: 'guard history',
  summary: 'Looks at everything that was ever committed, also what was removed later.',
  options: [repositoryOption, baselineOption],
  changes: 'nothing',
  example: 'dbops guard history',
  run: (call) => judge(call, guardHistory(folderOf(call), known(call))),
}

export const guardBaseline: CommandDefinition = {
  name: 'guard baseline',
  summary: 'Writes the fingerprints of what is found now, so that only new findings fail.',
  options: [repositoryOption, baselineOption],
  changes: 'files',
  example: 'dbops guard baseline',
  run(call) {
    const findings = guardTracked(folderOf(call))
    const path = baselinePath(call)
    writeFileSync(path, findings.map(({ fingerprint, file, rule }) => `${fingerprint} ${rule} ${file}\n`).join(''))
    return { summary: `${findings.length} fingerprint(s) in ${path}`, exitCode: EXIT_FINE, text: '' }
  },
}

const hookOption = { flags: '--hook <name>', description: 'pre-commit or pre-push (default: pre-commit)' } as const

function hookOf(call: Call): GuardHook {
  return choiceOption(call, 'hook', ['pre-commit', 'pre-push'], 'pre-commit')
}

export const guardInstall: CommandDefinition = {
  name: 'guard install',
  summary: 'Installs the hook before commits and merges, or before pushes; one that is there already goes on running.',
  options: [
    repositoryOption,
    hookOption,
    { flags: '--command <words>', description: 'how the hook calls dbops (default: npx dbops)' },
  ],
  changes: 'files',
  example: 'dbops guard install',
  run(call) {
    const folder = folderOf(call)
    const hook = hookOf(call)
    const { path, chained } = installHook(folder, textOption(call, 'command') ?? 'npx dbops', hook)
    return {
      summary: `${path}${chained ? ', after the hook that was there' : ''}`,
      exitCode: EXIT_FINE,
      text: '',
      data: { isInstalled: hookProblem(folder, hook) === null },
    }
  },
}

export const guardVerifyInstall: CommandDefinition = {
  name: 'guard verify-install',
  summary:
    'Says whether the hook is in place and may run; --no-verify passes every hook over, so let CI run guard scan too.',
  options: [repositoryOption, hookOption],
  changes: 'nothing',
  example: 'dbops guard verify-install --repository .',
  run(call) {
    const problem = hookProblem(folderOf(call), hookOf(call))
    return judged(problem ?? 'the hook runs', [
      {
        id: 'guard.hook',
        title: 'the guard runs by itself',
        tier: 'recommended',
        verdict: problem === null ? 'pass' : 'fail',
        evidence: problem ?? 'in place',
        remediation: 'dbops guard install',
      },
    ])
  },
}

export const guardKnow: CommandDefinition = {
  name: 'guard know',
  summary:
    'Tells the guard a secret in use, as a keyed fingerprint: it is then found wherever it stands, whatever it looks like.',
  options: [{ flags: '--from-file <file>', description: 'file with the secret' }],
  changes: 'files',
  example: 'dbops guard know --from-file /etc/app/db-password',
  run(call) {
    addKnownSecret(
      call.stateFolder,
      readSecretFile({ path: requiredOption(call, 'fromFile', '--from-file'), environment: call.environment }),
    )
    return { summary: 'the guard knows it', exitCode: EXIT_FINE, text: '' }
  },
}
