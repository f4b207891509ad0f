import { type Call, type CommandDefinition, textOption } from '../command/command.ts'
import { requiredOption } from '../command/option-reading.ts'
import type { Outcome } from '../command/outcome.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINDINGS, EXIT_FINE } from '../exit-codes.ts'
import { applyRoles } from '../roles/apply-roles.ts'
import { planRetirement, retireRole } from '../roles/retire-role.ts'
import { readRoleSpec } from '../roles/role-spec.ts'
import { keepOrUndo } from './keep-or-undo.ts'

export const specOption = {
  flags: '--file <file>',
  description: 'wanted state: database, schemas, roles by kind',
} as const
export const passwordsOption = {
  flags: '--passwords <folder>',
  description: 'one file per login that holds its password; new logins get one',
} as const

const pruneOption = {
  flags: '--prune',
  description: 'take the grants of roles that the file does not name, too; no role is dropped',
} as const

async function planned(call: Call, isApplied: boolean): Promise<Outcome> {
  const spec = readRoleSpec(requiredOption(call, 'file', '--file'))
  const admin = call.target()
  const plan = await applyRoles({
    admin,
    spec,
    passwordFolder: textOption(call, 'passwords'),
    environment: call.environment,
    isApplied,
    isPruned: call.options.prune === true,
  })
  const lines = [...plan.statements.map(({ shown }) => `${shown};`), ...plan.notes.map((note) => `-- note: ${note}`)]
  const count = plan.statements.length
  const id =
    plan.undo === null || count === 0
      ? null
      : await keepOrUndo(call, 'roles', { database: spec.database, schemas: spec.schemas, ...plan.undo })
  const wayBack = id === null ? '' : `; dbops rollback to ${id} takes it back`
  return {
    summary:
      count === 0
        ? 'nothing to do'
        : isApplied
          ? `${count} statement(s) done${wayBack}`
          : `${count} statement(s) to do`,
    exitCode: EXIT_FINE,
    text: lines.join('\n'),
    data: { statements: plan.statements.map(({ shown }) => shown), notes: plan.notes, id },
    audit: { statements: isApplied ? count : 0 },
  }
}

export const rolesPlan: CommandDefinition = {
  name: 'roles plan',
  summary: 'Prints the statements between the wanted and the actual roles and grants.',
  options: [specOption, passwordsOption, pruneOption],
  changes: 'nothing',
  isPerTarget: true,
  example: 'dbops roles plan --url postgresql://postgres@db.example/app --file roles.yaml',
  run: (call) => planned(call, false),
}

export const rolesApply: CommandDefinition = {
  name: 'roles apply',
  summary: 'Makes roles and grants what the file says, in one transaction; a second run does nothing.',
  options: [specOption, passwordsOption, pruneOption],
  changes: 'server',
  example:
    'dbops roles apply --url postgresql://postgres@db.example/app --file roles.yaml --passwords /etc/app/passwords --apply',
  async run(call) {
    if (call.isApplied) call.confirm(readRoleSpec(requiredOption(call, 'file', '--file')).database, 'changing roles')
    return await planned(call, call.isApplied)
  },
}

export const rolesDiff: CommandDefinition = {
  name: 'roles diff',
  summary: 'Tells drift: ends with 1 when the actual roles are not what the file says.',
  options: [specOption, pruneOption],
  changes: 'nothing',
  isPerTarget: true,
  example: 'dbops roles diff --url postgresql://postgres@db.example/app --file roles.yaml',
  async run(call) {
    const outcome = await planned(call, false)
    return outcome.summary === 'nothing to do' ? outcome : { ...outcome, exitCode: EXIT_FINDINGS }
  },
}

export const rolesRetire: CommandDefinition = {
  name: 'roles retire',
  summary: 'Hands everything a role owns to an heir, takes its grants in every database, ends its sessions, drops it.',
  arguments: [{ name: 'role', description: 'role to retire' }],
  options: [{ flags: '--heir <role>', description: 'role that owns afterwards what it owned' }],
  changes: 'server',
  example: 'dbops roles retire old_app --heir app_owner --url postgresql://postgres@db.example/app --apply',
  async run(call) {
    const [role] = call.args
    const heir = requiredOption(call, 'heir', '--heir')
    if (role === heir) throw new DbopsError('USAGE', 'role and heir are the same')
    const admin = call.target()
    const plan = await planRetirement(admin, role, heir)
    const lines = plan.holdings.map(
      ({ database, owned, granted }) => `${database}: owns ${owned}, was granted ${granted}`,
    )
    if (call.isApplied) {
      call.confirm(admin.database, 'dropping a role')
      await retireRole(admin, plan, null)
    }
    return {
      summary: call.isApplied
        ? `${role} is gone, ${heir} owns what it owned`
        : `would end ${plan.sessions} session(s) and drop ${role}; --apply does it`,
      exitCode: EXIT_FINE,
      text: lines.join('\n'),
      data: plan,
      audit: { role, heir },
    }
  },
}
