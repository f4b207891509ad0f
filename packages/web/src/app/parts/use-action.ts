import { useState } from 'preact/hooks'
import { refusalText } from '../refusal-text.ts'
import { useShowing } from '../session/showing.tsx'

/** Runs something that may be refused: whether it is under way, and why it failed last. */
export function useAction() {
  const { language } = useShowing()
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<{ error: unknown } | null>(null)
  /** Said by the page itself. */
  const [said, setProblem] = useState<string | null>(null)
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
  return { isBusy, problem: failure === null ? said : refusalText(failure.error, language), setProblem, run }
}
