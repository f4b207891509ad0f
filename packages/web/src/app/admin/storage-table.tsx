import { useEffect, useState } from 'preact/hooks'
import { call } from '../api.ts'
import { bytesText, numberText } from '../format.ts'
import { textsOf } from '../parts/field.tsx'
import { Problem } from '../parts/problem.tsx'
import { Scroller } from '../parts/scroller.tsx'
import { useToast } from '../parts/toasts.tsx'
import { useAction } from '../parts/use-action.ts'
import { useShowing } from '../session/showing.tsx'
import { adminWords } from '../words/admin.ts'

const MIB = 1 << 20

interface Storage {
  readonly default_quota_bytes: number
  readonly users: readonly {
    readonly user_id: string
    readonly username: string
    readonly used_bytes: number
    readonly used_tasks: number
    readonly quota_bytes: number | null
    readonly quota_tasks: number | null
  }[]
}

/** What each user stores, the most first, and how much each may. */
export function StorageTable() {
  const { language } = useShowing()
  const words = adminWords[language]
  const { isBusy, problem, run } = useAction()
  const tell = useToast()
  const [storage, setStorage] = useState<Storage | null>(null)
  const read = async () => setStorage(await call<Storage>('GET', '/api/admin/storage'))
  useEffect(() => void run(read), [])
  const set = (event: SubmitEvent, user: Storage['users'][number]) => {
    event.preventDefault()
    const { quota = '' } = textsOf(event.currentTarget as HTMLFormElement)
    void run(async () => {
      await call('PUT', `/api/admin/users/${user.user_id}/quota`, {
        quota_bytes: quota.trim() === '' ? null : Number(quota) * MIB,
        quota_tasks: user.quota_tasks,
      })
      tell(words('quotaSet', { name: user.username }))
      await read()
    })
  }
  return (
    <>
      <h2>{words('storage')}</h2>
      <Problem text={problem} />
      {storage !== null && (
        <Scroller label={words('storage')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{words('who')}</th>
                <th scope="col" class="number">
                  {words('used')}
                </th>
                <th scope="col" class="number">
                  {words('captures')}
                </th>
                <th scope="col">{words('quota')}</th>
              </tr>
            </thead>
            <tbody>
              {storage.users.map((user) => (
                <tr key={user.user_id}>
                  <th scope="row">{user.username}</th>
                  <td class="number">{bytesText(user.used_bytes, language)}</td>
                  <td class="number">{numberText(user.used_tasks, language)}</td>
                  <td>
                    <form class="buttons" onSubmit={(event) => set(event, user)}>
                      <input
                        name="quota"
                        type="number"
                        min={0}
                        class="quota"
                        aria-label={words('quotaOf', { name: user.username })}
                        placeholder={words('byDefault', { bytes: bytesText(storage.default_quota_bytes, language) })}
                        value={user.quota_bytes === null ? '' : Math.round(user.quota_bytes / MIB)}
                      />
                      <button type="submit" disabled={isBusy}>
                        {words('setQuota')}
                      </button>
                    </form>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroller>
      )}
    </>
  )
}
