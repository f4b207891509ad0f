import { useEffect, useState } from 'preact/hooks'
import { call } from '../api.ts'
import { bytesText } from '../format.ts'
import { useShowing } from '../session/showing.tsx'
import { accountWords } from '../words/account.ts'

interface Used {
  readonly used_bytes: number
  readonly used_tasks: number
  readonly quota_bytes: number
  readonly quota_tasks: number
}

/** How much one has stored of what one may. */
export function Usage({ since = 0 }: { /** Read anew when it changes. */ since?: number }) {
  const { language } = useShowing()
  const words = accountWords[language]
  const [used, setUsed] = useState<Used | null>(null)
  useEffect(() => {
    call<Used>('GET', '/api/users/me/usage').then(setUsed, () => setUsed(null))
  }, [since])
  const text =
    used === null
      ? '\u00a0'
      : words('used', {
          bytes: bytesText(used.used_bytes, language),
          of: bytesText(used.quota_bytes, language),
          tasks: used.used_tasks,
          ofTasks: used.quota_tasks,
        })
  return (
    <p class="usage quiet">
      <meter
        min={0}
        max={1}
        high={0.9}
        value={used === null ? 0 : used.used_bytes / Math.max(1, used.quota_bytes)}
        aria-label={words('usage')}
      />{' '}
      {text}
    </p>
  )
}
