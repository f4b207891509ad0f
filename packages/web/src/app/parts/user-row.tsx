import type { User } from '../answers.ts'
import { timeText } from '../format.ts'
import { useSession } from '../session/session.tsx'
import { useShowing } from '../session/showing.tsx'

interface UserRowProps {
  readonly user: User
  readonly onAct: (action: 'approve' | 'block' | 'unblock', verb: string) => void
  readonly onRemove: () => void
}

/** One user and what an administrator may do to it. */
export function UserRow({ user, onAct, onRemove }: UserRowProps) {
  const { words, language } = useShowing()
  const session = useSession()
  const state = stateOf(user)
  const actions = [
    ...(user.is_approved ? [] : (['approve'] as const)),
    user.is_active ? ('block' as const) : ('unblock' as const),
  ]
  // the service refuses what would lock administrators out
  const isUntouchable = user.role === 'admin' || user.id === session.user?.id
  return (
    <tr>
      <th scope="row">{user.username}</th>
      <td>{user.email}</td>
      <td>{words.roles[user.role]}</td>
      <td>
        <span class={`state state-${state}`}>{words.userStates[state]}</span>
      </td>
      <td class="nowrap">{user.last_login === null ? '–' : timeText(user.last_login, language)}</td>
      <td>
        {!isUntouchable && (
          <div class="buttons">
            {actions.map((action) => (
              <button
                key={action}
                type="button"
                aria-label={words.actOn(words[action], user.username)}
                onClick={() => onAct(action, words[action])}
              >
                {words[action]}
              </button>
            ))}
            <button type="button" aria-label={words.removeNamed(user.username)} onClick={onRemove}>
              {words.remove}
            </button>
          </div>
        )}
      </td>
    </tr>
  )
}

function stateOf({ is_active, is_approved }: User): 'pending' | 'approved' | 'blocked' {
  if (!is_active) return 'blocked'
  return is_approved ? 'approved' : 'pending'
}
