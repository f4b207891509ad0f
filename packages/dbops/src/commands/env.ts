import { readFileSync } from 'node:fs'
import { type CommandDefinition, textOption } from '../command/command.ts'
import { type Check, judged } from '../command/outcome.ts'
import { withVariables } from '../config.ts'
import { parseDotenv } from '../credentials/dotenv.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { compareEnvironments, isSecretName } from '../setup/compare-environments.ts'
import { checkEnvironmentFile } from '../setup/setup-environment.ts'
import { writeNewFile } from '../state/new-file.ts'

export const envCheck: CommandDefinition = {
  name: 'env check',
  summary: 'Judges environment files: secrets in clear, comments in values, misspelt booleans.',
  arguments: [{ name: 'files', description: 'environment files', isVariadic: true }],
  options: [],
  changes: 'nothing',
  example: 'dbops env check .env.production',
  run(call) {
    const checks = call.args.flatMap(checkEnvironmentFile).map(
      (evidence): Check => ({
        id: 'env.file',
        title: 'the environment file is well',
        verdict: 'fail',
        tier: 'critical',
        evidence,
      }),
    )
    return judged(`${checks.length} problem(s) in ${call.args.length} file(s)`, checks)
  },
}

export const envDiff: CommandDefinition = {
  name: 'env diff',
  summary:
    'Compares two environment files by names; values are never shown. 1 when they share a secret or miss a name.',
  arguments: [
    { name: 'first', description: 'an environment file' },
    { name: 'second', description: 'another one' },
  ],
  options: [],
  changes: 'nothing',
  example: 'dbops env diff .env.staging .env.production',
  run(call) {
    const [first, second] = call.args
    const checks = compareEnvironments(first, second)
    const failed = checks.filter(({ verdict }) => verdict === 'fail').length
    return judged(failed === 0 ? 'the same names, no secret in common' : `${failed} difference(s) that matter`, checks)
  },
}

export const envRender: CommandDefinition = {
  name: 'env render',
  summary:
    'Fills the names in dollar and braces of a template from variables into a new file; one that is unset or empty ends it.',
  arguments: [{ name: 'template', description: 'an environment file with names in dollar and braces for values' }],
  options: [
    { flags: '--dotenv <file>', description: 'further variables; not in production' },
    {
      flags: '--to-file <file>',
      description: 'new file that only you may read; without it secrets are printed as ***',
    },
  ],
  changes: 'files',
  example: 'dbops env render .env.template --to-file .env.staging',
  run(call) {
    const [template] = call.args
    const more = textOption(call, 'dotenv')
    if (more !== null && call.environment === 'production')
      throw new DbopsError('REFUSED', 'production reads no dotenv file')
    const known = { ...(more === null ? {} : parseDotenv(readFileSync(more, 'utf8'), more)), ...call.variables }
    const text = withVariables(readFileSync(template, 'utf8'), template, known)
    parseDotenv(text, template) // what was put in must not have broken a line
    const to = textOption(call, 'toFile')
    if (to === null)
      return { summary: '# nothing was written: --to-file writes it', exitCode: EXIT_FINE, text: masked(text) }
    writeNewFile(to, text)
    return { summary: `made ${to}`, exitCode: EXIT_FINE, text: '' }
  },
}

function masked(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const name = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=/.exec(line)?.[1]
      return name !== undefined && isSecretName(name) ? `${name}=***` : line
    })
    .join('\n')
}
