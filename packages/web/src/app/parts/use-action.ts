import { useState } from 'preact/hooks'
import { Refused } from '../api.ts'
import { useShowing } from '../session/showing.tsx'

/** Runs something that may be refused: whether it is under way, and why it failed last. */
export function useAction() {
  const { words } = useShowing()
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const run = async (action: () => Promise<void>) => {
    if (isBusy) return
    setBusy(true)
    setProblem(null)
    try {
      await action()
    } catch (error) {
      setProblem(error instanceof Refused ? error.message : words('offline'))
    } finally {
      setBusy(false)
    }
  }
  return { isBusy, problem, setProblem, run }
}
