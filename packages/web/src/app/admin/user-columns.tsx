import { createColumnHelper } from '@tanstack/preact-table'
import type { User } from '../answers.ts'
import { timeText } from '../format.ts'
import type { Language } from '../preferences.ts'
import type { Column, features } from '../table/features.ts'
import { adminWords } from '../words/admin.ts'
import { generalWords } from '../words/general.ts'

/** What an administrator may do to one user. */
export type UserAction = 'approve' | 'block' | 'unblock' | 'reset' | 'role' | 'no2fa' | 'delete'

interface UserColumnsOptions {
  readonly language: Language
  /** Who looks. */
  readonly ownId: string | undefined
  readonly onAct: (user: User, action: UserAction, verb: string) => void
}

const { accessor, display } = createColumnHelper<typeof features, User>()

/** What the list of users says of each, and what can be done. */
export function userColumns({ language, ownId, onAct }: UserColumnsOptions): Column<User>[] {
  const words = generalWords[language]
  return [
    accessor('username', { header: words('username'), enableHiding: false, meta: { isRowHead: true }, ...plain }),
    accessor('email', { header: words('email'), ...plain }),
    accessor('role', {
      header: words('role'),
      enableSorting: false,
      cell: ({ row }) => words(`roles.${row.original.role}`),
    }),
    accessor(stateOf, {
      id: 'state',
      header: words('status'),
      enableSorting: false,
      cell: ({ row }) => {
        const state = stateOf(row.original)
        return <span class={`state state-${state}`}>{words(`userStates.${state}`)}</span>
      },
    }),
    accessor('last_login', {
      header: words('lastLogin'),
      enableSorting: false,
      meta: { isUnbroken: true },
      cell: ({ row: { original } }) => (original.last_login === null ? '–' : timeText(original.last_login, language)),
    }),
    display({
      id: 'actions',
      header: words('actions'),
      enableHiding: false,
      cell: ({ row: { original } }) => (
        <div class="buttons">
          {actionsOn(original, original.id === ownId, language).map(([action, verb]) => (
            <button
              key={action}
              type="button"
              aria-label={words('actOn', { verb, name: original.username })}
              onClick={() => onAct(original, action, verb)}
            >
              {verb}
            </button>
          ))}
        </div>
      ),
    }),
  ]
}

const plain = { enableSorting: false, cell: ({ getValue }: { getValue: () => string }) => getValue() } as const

/** The service refuses what would lock administrators out. */
export function isUntouchable({ id, role }: User, ownId: string | undefined): boolean {
  return role === 'admin' || id === ownId
}

function actionsOn(user: User, isOwn: boolean, language: Language): (readonly [UserAction, string])[] {
  const words = generalWords[language]
  const more = adminWords[language]
  const main: (readonly [UserAction, string])[] = [
    ...(user.is_approved ? [] : [['approve', words('approve')] as const]),
    user.is_active ? (['block', words('block')] as const) : (['unblock', words('unblock')] as const),
    ['delete', words('remove')],
  ]
  const rest: (readonly [UserAction, string])[] = [
    ['reset', more('resetPassword')],
    ['role', user.role === 'admin' ? more('makeUser') : more('makeAdmin')],
    ...(user.is_2fa_enabled ? [['no2fa', more('removeSecondFactor')] as const] : []),
  ]
  if (isOwn) return []
  return user.role === 'admin' ? rest : [...main, ...rest]
}

function stateOf({ is_active, is_approved }: User): 'pending' | 'approved' | 'blocked' {
  if (!is_active) return 'blocked'
  return is_approved ? 'approved' : 'pending'
}
