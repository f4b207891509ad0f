import { useRef, useState } from 'preact/hooks'
import { refusalText } from '../refusal-text.ts'
import { useShowing } from '../session/showing.tsx'

interface Failure {
  readonly error: unknown
}

/** Does and asks what may be refused: whether something is being done, and why it failed last. */
export function useAction() {
  const { language } = useShowing()
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)
  const [unread, setUnread] = useState<Failure | null>(null)
  const asked = useRef(0)
  /** Said by the page itself. */
  const [said, setProblem] = useState<string | null>(null)
  /** Does something, not twice at once. */
  const run = async (action: () => Promise<void>) => {
    if (isBusy) return
    setBusy(true)
    setProblem(null)
    setFailure(null)
    try {
      await action()
    } catch (error) {
      setFailure({ error })
    } finally {
      setBusy(false)
    }
  }
  /** Shows an answer of the service; a later question replaces one that is under way, whose answer is not wanted any more. */
  const ask = async <Answer>(question: () => Promise<Answer>, show: (answer: Answer) => void) => {
    const own = ++asked.current
    try {
      const answer = await question()
      if (own !== asked.current) return
      setUnread(null)
      show(answer)
    } catch (error) {
      if (own === asked.current) setUnread({ error })
    }
  }
  const last = failure ?? unread
  return { isBusy, problem: last === null ? said : refusalText(last.error, language), setProblem, run, ask }
}
