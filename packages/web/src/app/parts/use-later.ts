import type { FunctionComponent } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { useShowing } from '../session/showing.tsx'
import { useToast } from './toasts.tsx'
import { whenIdle } from './when-idle.ts'

/**
 * A part that is on show only when it is wanted, and loaded by then: when the page stands still, or when it is wanted before that.
 * @param load the same function each time
 * @returns null while it is not wanted or not there yet
 */
export function useLater<Props>(
  load: () => Promise<FunctionComponent<Props>>,
  isWanted: boolean,
): FunctionComponent<Props> | null {
  const { words } = useShowing()
  const tell = useToast()
  const [part, setPart] = useState<{ Shown: FunctionComponent<Props> } | null>(null)
  useEffect(() => whenIdle(() => void load().catch(() => {})), [load])
  useEffect(() => {
    if (!isWanted || part !== null) return
    load().then(
      (Shown) => setPart({ Shown }),
      () => tell(words('offline')),
    )
  }, [isWanted])
  return isWanted ? (part?.Shown ?? null) : null
}
