import type { CommandDefinition } from '../command/command.ts'
import { requiredOption } from '../command/option-reading.ts'
import { EXIT_FINE, EXIT_INTEGRITY } from '../exit-codes.ts'
import { applyRoles } from '../roles/apply-roles.ts'
import { makeDatabase, planDatabase, planNewDatabase, someClosedDatabase } from '../roles/init-database.ts'
import { readRoleSpec } from '../roles/role-spec.ts'
import { tryRoles } from '../roles/try-roles.ts'
import { keepOrUndo } from './keep-or-undo.ts'
import { passwordsOption, specOption } from './roles.ts'
import { summaryOf, toCheck } from './roles-verify.ts'

export const dbInit: CommandDefinition = {
  name: 'db init',
  summary:
    'Makes a database with its owner, roles, grants and defaults, and proves them by logging in as each role; a second run does nothing but prove. 5 when the proof fails.',
  options: [specOption, passwordsOption],
  changes: 'server',
  example:
    'dbops db init --url postgresql://postgres@db.example/postgres --file roles.yaml --passwords /etc/app/passwords --apply',
  async run(call) {
    const spec = readRoleSpec(requiredOption(call, 'file', '--file'))
    const passwordFolder = requiredOption(call, 'passwords', '--passwords')
    const admin = call.target()
    const { environment, isApplied } = call
    if (isApplied) call.confirm(spec.database, 'making a database and its roles')
    const database = await planDatabase(admin, spec)
    if (isApplied) await makeDatabase(admin, spec, database)
    const roles =
      isApplied || database.isThere
        ? await applyRoles({ admin, spec, passwordFolder, environment, isApplied })
        : { ...(await planNewDatabase(admin, spec)), undo: null }
    const shown = [...database.statements, ...roles.statements.map((one) => one.shown)]
    const text = [...shown.map((sql) => `${sql};`), ...roles.notes.map((note) => `-- note: ${note}`)].join('\n')
    if (!isApplied)
      return {
        summary: shown.length === 0 ? 'nothing to do' : `${shown.length} statement(s) to do`,
        exitCode: EXIT_FINE,
        text,
        data: { statements: shown, notes: roles.notes },
      }
    const id =
      roles.undo === null || roles.statements.length === 0
        ? null
        : await keepOrUndo(call, 'roles', { database: spec.database, schemas: spec.schemas, ...roles.undo })
    const otherDatabase = await someClosedDatabase(admin, spec)
    const results = await tryRoles({ admin, spec, passwordFolder, environment, otherDatabase })
    const wrong = results.filter(({ wasExpected }) => !wasExpected)
    const isProven = wrong.length === 0
    const failures = wrong.map((result) => `FAIL ${toCheck(result).title}: ${toCheck(result).evidence}`)
    return {
      summary: `${shown.length === 0 ? 'nothing to do' : `${shown.length} statement(s) done`}; ${summaryOf(results)}`,
      exitCode: isProven ? EXIT_FINE : EXIT_INTEGRITY,
      text: [text, ...failures].filter(Boolean).join('\n'),
      checks: results.map(toCheck),
      data: { statements: shown, notes: roles.notes, results, id },
      audit: { database: spec.database, statements: shown.length, isProven },
    }
  },
}
