import { type Call, type CommandDefinition, textOption } from '../command/command.ts'
import { optionalChoice, requiredOption } from '../command/option-reading.ts'
import { type Check, judged } from '../command/outcome.ts'
import { EXIT_FINDINGS, EXIT_FINE } from '../exit-codes.ts'
import { matrixHtml, matrixMarkdown, matrixText, type RoleMatrix, roleMatrix } from '../roles/role-matrix.ts'
import { type RoleSpec, readRoleSpec } from '../roles/role-spec.ts'
import type { TrialResult } from '../roles/role-trial.ts'
import { tryRoles } from '../roles/try-roles.ts'
import { writeNewFile } from '../state/new-file.ts'
import { passwordsOption, specOption } from './roles.ts'

const otherOption = {
  flags: '--other-database <name>',
  description: 'database that no role may enter (default: postgres)',
} as const

async function tried(call: Call, spec: RoleSpec, passwordFolder: string): Promise<TrialResult[]> {
  return await tryRoles({
    admin: call.target(),
    spec,
    passwordFolder,
    environment: call.environment,
    otherDatabase: textOption(call, 'otherDatabase') ?? 'postgres',
  })
}

export const rolesVerify: CommandDefinition = {
  name: 'roles verify',
  summary: 'Logs in as every role and tries what it may and what it may not do.',
  options: [specOption, passwordsOption, otherOption],
  changes: 'nothing',
  isPerTarget: true,
  example:
    'dbops roles verify --url postgresql://postgres@db.example/app --file roles.yaml --passwords /etc/app/passwords',
  async run(call) {
    const spec = readRoleSpec(requiredOption(call, 'file', '--file'))
    const results = await tried(call, spec, requiredOption(call, 'passwords', '--passwords'))
    return judged(summaryOf(results), results.map(toCheck), { data: results })
  },
}

/** How many attempts came out as declared. */
export function summaryOf(results: readonly TrialResult[]): string {
  const wrong = results.filter(({ wasExpected }) => !wasExpected).length
  return wrong === 0
    ? `${results.length} attempts, each as declared`
    : `${wrong} of ${results.length} attempts not as declared`
}

/** One attempt as a check. */
export function toCheck({ role, trial, isAllowed, wasExpected, sqlState }: TrialResult): Check {
  return {
    id: `roles.${role}.${trial.replaceAll(' ', '-')}`,
    title: `${role}: ${trial}`,
    verdict: wasExpected ? 'pass' : 'fail',
    tier: 'critical',
    evidence: isAllowed ? 'allowed' : `refused (${sqlState})`,
  }
}

export const rolesMatrix: CommandDefinition = {
  name: 'roles matrix',
  summary:
    'Shows what each login may and may not do as a table: as declared or, with --passwords, beside what came of it when it was tried.',
  options: [
    specOption,
    { flags: '--passwords <folder>', description: 'one file per login that holds its password: everything is tried' },
    otherOption,
    { flags: '--as <form>', description: 'text, markdown or html (default: text, or by the name of --to-file)' },
    { flags: '--to-file <file>', description: 'new file: .md, .html or text' },
  ],
  changes: 'files',
  example: 'dbops roles matrix --file roles.yaml --to-file roles.html',
  async run(call) {
    const spec = readRoleSpec(requiredOption(call, 'file', '--file'))
    const path = textOption(call, 'toFile')
    const form = optionalChoice(call, 'as', ['text', 'markdown', 'html']) ?? formOf(path ?? '')
    const folder = textOption(call, 'passwords')
    const results = folder === null ? [] : await tried(call, spec, folder)
    const matrix = roleMatrix(spec, results)
    const text = printed(matrix, form, spec)
    if (path !== null) writeNewFile(path, text, 0o644)
    const shown = results.length === 0 ? `${matrix.roles.length} login(s) as declared` : summaryOf(results)
    return {
      summary: path === null ? shown : `${path}: ${shown}`,
      exitCode: results.every(({ wasExpected }) => wasExpected) ? EXIT_FINE : EXIT_FINDINGS,
      text: path === null ? text.trimEnd() : '',
      data: matrix,
    }
  },
}

type Form = 'text' | 'markdown' | 'html'

function formOf(path: string): Form {
  if (path.endsWith('.html')) return 'html'
  return path.endsWith('.md') ? 'markdown' : 'text'
}

function printed(matrix: RoleMatrix, form: Form, { database }: RoleSpec): string {
  if (form === 'html') return matrixHtml(matrix, `Roles of ${database}`)
  return form === 'markdown' ? matrixMarkdown(matrix) : `${matrixText(matrix)}\n`
}
