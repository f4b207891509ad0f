import { useState } from 'preact/hooks'
import { call } from '../api.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Problem } from '../parts/problem.tsx'
import { useToast } from '../parts/toasts.tsx'
import { useAction } from '../parts/use-action.ts'
import { codeText } from '../refusal-text.ts'
import { useShowing } from '../session/showing.tsx'
import { adminWords } from '../words/admin.ts'

interface Results {
  readonly success: number
  readonly failed: number
  readonly results: readonly {
    readonly username: string | null
    readonly status: string
    readonly reason: string | null
    readonly error_type: string | null
  }[]
}

/** The same for all users that are selected; whoever is refused is named with the reason. */
export function BulkBar({ ids, onDone }: { ids: readonly string[]; onDone: () => void }) {
  const { words: general, language } = useShowing()
  const words = adminWords[language]
  const { isBusy, problem, setProblem, run } = useAction()
  const tell = useToast()
  const [isAsked, setAsked] = useState(false)
  const act = (action: 'approve' | 'block' | 'unblock' | 'delete') =>
    run(async () => {
      const { success, failed, results } = await call<Results>('POST', `/api/admin/users/bulk/${action}`, {
        user_ids: ids,
      })
      tell(words('bulkDone', { success, failed }))
      const refused = results.filter(({ status }) => status === 'failed')
      if (refused.length > 0)
        setProblem(
          refused
            .map(({ username, reason, error_type }) =>
              words('refused', { name: username ?? '–', reason: codeText(error_type ?? '', reason ?? '', language) }),
            )
            .join('; '),
        )
      onDone()
    })
  const none = ids.length === 0 || isBusy
  return (
    <div class="bulk-bar">
      <span class="quiet">{words('selected', { count: ids.length })}</span>
      <button type="button" disabled={none} onClick={() => void act('approve')}>
        {words('bulkApprove')}
      </button>
      <button type="button" disabled={none} onClick={() => void act('block')}>
        {words('bulkBlock')}
      </button>
      <button type="button" disabled={none} onClick={() => void act('unblock')}>
        {words('bulkUnblock')}
      </button>
      <button type="button" class="danger" disabled={none} onClick={() => setAsked(true)}>
        {words('bulkDelete')}
      </button>
      <Problem text={problem} />
      {isAsked && (
        <Confirm
          question={words('deleteMany', { count: ids.length })}
          warning={general('deleteWarning')}
          verb={general('remove')}
          onAnswer={(isMeant) => {
            setAsked(false)
            if (isMeant) void act('delete')
          }}
        />
      )}
    </div>
  )
}
