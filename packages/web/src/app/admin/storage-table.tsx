import { useEffect, useState } from 'preact/hooks'
import { call } from '../api.ts'
import { bytesText, numberText } from '../format.ts'
import { Problem } from '../parts/problem.tsx'
import { Scroller } from '../parts/scroller.tsx'
import { useAction } from '../parts/use-action.ts'
import { useShowing } from '../session/showing.tsx'
import { adminWords } from '../words/admin.ts'
import { QuotaForm } from './quota-form.tsx'

/** What a user stores, and may store. */
export interface UserStorage {
  readonly user_id: string
  readonly username: string
  readonly used_bytes: number
  readonly used_tasks: number
  readonly quota_bytes: number | null
  readonly quota_tasks: number | null
}

interface Storage {
  readonly default_quota_bytes: number
  readonly users: readonly UserStorage[]
}

/** What each user stores, the most first, and how much each may. */
export function StorageTable() {
  const { language } = useShowing()
  const words = adminWords[language]
  const { problem, run } = useAction()
  const [storage, setStorage] = useState<Storage | null>(null)
  const read = async () => setStorage(await call<Storage>('GET', '/api/admin/storage'))
  useEffect(() => void run(read), [])
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
                    <QuotaForm user={user} byDefaultBytes={storage.default_quota_bytes} onSet={() => run(read)} />
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
