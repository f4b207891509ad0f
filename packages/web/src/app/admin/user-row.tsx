import type { User } from '../answers.ts'
import { timeText } from '../format.ts'
import { useSession } from '../session/session.tsx'
import { useShowing } from '../session/showing.tsx'
import { adminWords } from '../words/admin.ts'

/** What an administrator may do to one user. */
export type UserAction = 'approve' | 'block' | 'unblock' | 'reset' | 'role' | 'no2fa' | 'delete'

interface UserRowProps {
  readonly user: User
  readonly isChosen: boolean
  readonly onChoose: () => void
  readonly onAct: (action: UserAction, verb: string) => void
}

/** One user and what an administrator may do to it. */
export function UserRow({ user, isChosen, onChoose, onAct }: UserRowProps) {
  const { words, language } = useShowing()
  const more = adminWords[language]
  const session = useSession()
  const state = stateOf(user)
  const isOwn = user.id === session.user?.id
  // the service refuses what would lock administrators out
  const isUntouchable = user.role === 'admin' || isOwn
  const main: (readonly [UserAction, string])[] = isUntouchable
    ? []
    : [
        ...(user.is_approved ? [] : [['approve', words('approve')] as const]),
        user.is_active ? (['block', words('block')] as const) : (['unblock', words('unblock')] as const),
        ['delete', words('remove')],
      ]
  const rest: (readonly [UserAction, string])[] = isOwn
    ? []
    : [
        ['reset', more('resetPassword')],
        ['role', user.role === 'admin' ? more('makeUser') : more('makeAdmin')],
        ...(user.is_2fa_enabled ? [['no2fa', more('removeSecondFactor')] as const] : []),
      ]
  const button = ([action, verb]: readonly [UserAction, string]) => (
    <button
      key={action}
      type="button"
      aria-label={words('actOn', { verb, name: user.username })}
      onClick={() => onAct(action, verb)}
    >
      {verb}
    </button>
  )
  return (
    <tr>
      <td>
        {!isUntouchable && (
          <input
            type="checkbox"
            aria-label={words('select', { name: user.username })}
            checked={isChosen}
            onChange={onChoose}
          />
        )}
      </td>
      <th scope="row">{user.username}</th>
      <td>{user.email}</td>
      <td>{words(`roles.${user.role}`)}</td>
      <td>
        <span class={`state state-${state}`}>{words(`userStates.${state}`)}</span>
      </td>
      <td class="nowrap">{user.last_login === null ? '–' : timeText(user.last_login, language)}</td>
      <td>
        <div class="buttons">
          {main.map(button)}
          {rest.map(button)}
        </div>
      </td>
    </tr>
  )
}

function stateOf({ is_active, is_approved }: User): 'pending' | 'approved' | 'blocked' {
  if (!is_active) return 'blocked'
  return is_approved ? 'approved' : 'pending'
}
