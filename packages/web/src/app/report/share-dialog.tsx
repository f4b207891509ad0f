import { useEffect, useRef, useState } from 'preact/hooks'
import { call } from '../api.ts'
import { timeText } from '../format.ts'
import { Field, textsOf } from '../parts/field.tsx'
import { Problem } from '../parts/problem.tsx'
import { useToast } from '../parts/toasts.tsx'
import { useAction } from '../parts/use-action.ts'
import { useShowing } from '../session/showing.tsx'
import { reportWords, type ShareLevel } from '../words/report.ts'

interface Share {
  readonly id: string
  readonly level: ShareLevel
  readonly expires_at: string | null
  readonly recipient_username: string | null
}

const levels = ['summary', 'metadata', 'payload', 'raw'] as const

/** Who else sees a report and how much of it; its own address is the link. */
export function ShareDialog({ taskId, onClose }: { taskId: string; onClose: () => void }) {
  const { words: general, language } = useShowing()
  const words = reportWords[language]
  const tell = useToast()
  const dialog = useRef<HTMLDialogElement>(null)
  const { isBusy, problem, run } = useAction()
  const [shares, setShares] = useState<readonly Share[]>([])
  const [isShared, setShared] = useState(false)
  const path = `/api/tasks/${taskId}/shares`
  const link = `${location.origin}/reports/${taskId}`
  const read = async () => setShares(await call<Share[]>('GET', path))
  useEffect(() => {
    dialog.current?.showModal()
    void run(read)
  }, [])
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    const { username, level, days } = textsOf(form)
    void run(async () => {
      await call('POST', path, { username, level, ...(days && { expires_in_days: Number(days) }) })
      form.reset()
      setShared(true)
      await read()
    })
  }
  const copy = () =>
    navigator.clipboard?.writeText(link).then(
      () => tell(words('copied')),
      () => {},
    )
  return (
    <dialog ref={dialog} class="card" aria-labelledby="share-title" onCancel={onClose}>
      <h2 id="share-title">{words('shareTitle')}</h2>
      <form class="form" onSubmit={submit}>
        <Problem text={problem} />
        <Field label={words('shareWith')} name="username" autocomplete="off" maxLength={50} />
        <label class="field">
          {words('level')}
          <select name="level">
            {levels.map((level) => (
              <option key={level} value={level} selected={level === 'metadata'}>
                {words(`levels.${level}`)}
              </option>
            ))}
          </select>
        </label>
        <Field
          label={words('days')}
          name="days"
          autocomplete="off"
          maxLength={3}
          isRequired={false}
          pattern="[1-9][0-9]{0,2}"
        />
        <button type="submit" class="primary" disabled={isBusy}>
          {words('shareIt')}
        </button>
      </form>
      <div role="status">
        {isShared && (
          <p class="notice">
            {words('shared')} <code>{link}</code>{' '}
            <button type="button" onClick={copy}>
              {words('copyLink')}
            </button>
          </p>
        )}
      </div>
      <h3>{words('sharedNow')}</h3>
      {shares.length === 0 && <p class="quiet">{words('nobody')}</p>}
      <ul class="share-list">
        {shares.map(({ id, level, expires_at, recipient_username }) => (
          <li key={id}>
            <strong>{recipient_username}</strong> {words(`levels.${level}`)}
            {expires_at !== null && ` – ${timeText(expires_at, language)}`}{' '}
            <button
              type="button"
              aria-label={words('endShare', { name: recipient_username ?? '' })}
              onClick={() => void run(() => call('DELETE', `${path}/${id}`).then(read))}
            >
              {words('end')}
            </button>
          </li>
        ))}
      </ul>
      <div class="buttons">
        <button type="button" onClick={onClose}>
          {general('close')}
        </button>
      </div>
    </dialog>
  )
}
