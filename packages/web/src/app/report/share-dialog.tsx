import { useEffect, useState } from 'preact/hooks'
import { call } from '../api.ts'
import { timeText } from '../format.ts'
import { check, days, filled } from '../forms/rules.ts'
import { useForm } from '../forms/use-form.tsx'
import { Dialog } from '../parts/dialog.tsx'
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
const empty = { username: '', level: 'metadata', days: '' }

/** Who else sees a report and how much of it; its own address is the link. */
export function ShareDialog({ taskId, onClose }: { taskId: string; onClose: () => void }) {
  const { words: general, language } = useShowing()
  const words = reportWords[language]
  const tell = useToast()
  const { problem, run, ask } = useAction()
  const [shares, setShares] = useState<readonly Share[]>([])
  const [isShared, setShared] = useState(false)
  const path = `/api/tasks/${taskId}/shares`
  const link = `${location.origin}/reports/${taskId}`
  const read = () => ask(() => call<Share[]>('GET', path), setShares)
  useEffect(() => {
    void read()
  }, [])
  const form = useForm(empty, async ({ username, level, days }) => {
    await call('POST', path, { username, level, ...(days !== '' && { expires_in_days: Number(days) }) })
    form.reset()
    setShared(true)
    await read()
  })
  const copy = () =>
    navigator.clipboard?.writeText(link).then(
      () => tell(words('copied')),
      () => {},
    )
  return (
    <Dialog title={words('shareTitle')} onClose={onClose}>
      <form.AppForm>
        <form.Frame problem={form.problem ?? problem}>
          <form.AppField name="username" validators={check(filled)}>
            {(field) => <field.TextField label={words('shareWith')} autocomplete="off" maxLength={50} />}
          </form.AppField>
          <form.AppField name="level">
            {(field) => (
              <field.Choice
                label={words('level')}
                options={levels.map((level) => [level, words(`levels.${level}`)] as const)}
              />
            )}
          </form.AppField>
          <form.AppField name="days" validators={check(days)}>
            {(field) => (
              <field.TextField
                label={words('days')}
                autocomplete="off"
                inputMode="numeric"
                maxLength={4}
                isRequired={false}
              />
            )}
          </form.AppField>
          <form.Send>{words('shareIt')}</form.Send>
        </form.Frame>
      </form.AppForm>
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
    </Dialog>
  )
}
